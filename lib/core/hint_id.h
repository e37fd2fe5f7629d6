// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/hint.h"

namespace san {

/// The hints that are about settings and commands of the program: what is advised, and with which facts.
enum class HintId : int {
  none,  ///< plain text

  // Copying, and what a clone is made from and onto.
  force_in_use,
  force_live,
  freeze_or_force_live,
  force_open_in_use,
  force_open_live,
  force_cut_source,
  force_unknown_content,
  freeze_longer,
  allow_backing,
  skip_damage,
  clone_output,  ///< the text is a command that writes the disk to standard output
  clone_result,  ///< the text is a command; facts: the file that it makes
  clone_file,
  clone_to_zst,
  clone_to_program,  ///< facts: the program that compresses, and the file
  unpack_with_memory,
  stream_with_end,
  raw_name,
  raw_output,
  raw_file,
  raw_stream,
  raw_device,  ///< facts: the way to the disk in that file
  write_zeros,
  write_zeros_again,
  write_zeros_onto,
  fresh_map,
  other_map,
  map_block,  ///< facts: bytes of a block of the map
  no_map,
  leave_last,
  leave_table,
  force_cut_file,
  force_live_unfrozen,
  force_independent,
  freeze_next_time,
  never_offload,
  copied_here,
  write_zeros_to_wipe,
  name_map,
  leave_map,
  go_around,
  fit_table,
  no_verify,

  // Logging in.
  chap_login,
  chap_login_too,
  whole_chap_login,
  secret_file,
  allow_initiator,  ///< facts: the initiator, and what is advised before that
  fewer_sessions,
  reserve_if_possible,

  // Files that are written.
  output_file,
  other_svg,
  overwrite,

  // Flash of NICs and firmware.
  give_family,
  give_this_family,  ///< facts: its name
  choose_family,     ///< facts: the names of all families
  likely_family,     ///< facts: its name
  unverified,        ///< facts: what else to do, and what it would do
  choose_ip_order,
  target_secret,
  one_portal,
  drop_target_user,
  chap_or_none,
  which_nic,
  force_backup,
  backup_elsewhere,
  repair_checksum,
  verify_flash,
  list_nics,
  boot_otherwise,
  boot_without_nvm,  ///< facts: why
  export_ipxe,
  checksum_byte,
  extract_rom,
  verify_rom,
  raw_rom,
  scan_flash,

  // Targets.
  file_size,
  size_or_device,
  give_portal,
  own_chap_user,
  two_chap_users,
  allow_secret,
  edit_target,
  delete_target,     ///< facts: its name
  cut_short,         ///< facts: verb and name; a cause
  remove_snapshots,  ///< facts: the volume
  see_pool,
  name_in_pool,
  snapshot_of_pool,
  volume_that_grows,
  other_driver,
  tgt_config,
  start_tgtd,

  // Checks.
  name_subject,
  examine_machine,
  clone_to_raw,  ///< facts: the image
  say_firmware,
  list_checks,
};

inline constexpr HintId kLastHint = HintId::list_checks;

}  // namespace san
