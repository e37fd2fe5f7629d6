// SPDX-License-Identifier: Apache-2.0
#include "hints.h"

#include <algorithm>
#include <cstddef>

#include "core/hint.h"

namespace san {

const char* hint_sentence(HintId id) {
  switch (id) {
    case HintId::none:
      return "{text}";

    // Copying, and what a clone is made from and onto.
    case HintId::force_in_use:
      return "{text}, or override this by --force=in-use";
    case HintId::force_live:
      return "{text}, or override this by --force=live";
    case HintId::freeze_or_force_live:
      return "its content may change during the copy: unmount it, mount it read-only, freeze it by "
             "--freeze, copy a snapshot, or override this by --force=live";
    case HintId::force_open_in_use:
      return "{text}, or override with --force=in-use";
    case HintId::force_open_live:
      return "{text}, or override with --force=live";
    case HintId::force_cut_source:
      return "{text}; to clone what came, with its partition table as it is, add --force=cut-source";
    case HintId::force_unknown_content:
      return "{text}, or say --force=unknown-content";
    case HintId::freeze_longer:
      return "give --freeze=SECONDS more time, or {text}";
    case HintId::allow_backing:
      return "if it may be, add --backing=allow to sanclone, or {text}";
    case HintId::skip_damage:
      return "{text} by --on-read-error=zero";
    case HintId::clone_output:
      return "{text} | sanclone - DEST";
    case HintId::clone_result:
      return "{text}, then sanclone {0} DEST";
    case HintId::clone_file:
      return "sanclone FILE DEST";
    case HintId::clone_to_zst:
      return "clone it (sanclone writes .zst files that have one), or decompress it first";
    case HintId::clone_to_program:
      return "{text}, or sanclone SOURCE - | {0} >{1}";
    case HintId::unpack_with_memory:
      return "zstd -t finds a damaged file, too; where only more memory is needed, zstd -dc --long=31 "
             "FILE | sanclone - DEST does it";
    case HintId::stream_with_end:
      return "where sanclone writes to it, --stream=zst does";
    case HintId::raw_name:
      return "{text}; sanclone --raw treats it as a disk";
    case HintId::raw_output:
      return "{text}; --raw makes a raw disk of that name";
    case HintId::raw_file:
      return "{text}; where its bytes are the disk, add --raw to sanclone";
    case HintId::raw_stream:
      return "{text}; where its bytes are the disk, add --raw";
    case HintId::raw_device:
      return "copy that into a file (--raw), then: {0}; --raw also clones it as it is";
    case HintId::write_zeros:
      return "clone again with --zero=write";
    case HintId::write_zeros_again:
      return "run the same command again with --zero=write; the clone map has forgotten everything";
    case HintId::write_zeros_onto:
      return "clone onto this LUN with --zero=write";
    case HintId::fresh_map:
      return "start again with --fresh, which copies everything";
    case HintId::other_map:
      return "name the map of this clone, or start again with --fresh";
    case HintId::map_block:
      return "give --block={0}, or start again with --fresh";
    case HintId::no_map:
      return "leave out one of them, or clone without --map";
    case HintId::leave_last:
      return "leave out --grow-last; where only its mark is left of an earlier use, wipefs(8) removes "
             "that";
    case HintId::leave_table:
      return "--no-fit-gpt clones it with its table as it is";
    case HintId::force_cut_file:
      return "{text}; to clone what there is, with its partition table as it is, add --force=cut-source";
    case HintId::force_live_unfrozen:
      return "{text}, or override this by --force=live, which copies it as it is";
    case HintId::force_independent:
      return "if you know that it does not depend on them, add --force=unknown-content";
    case HintId::freeze_next_time:
      return "{text}, or use --freeze";
    case HintId::never_offload:
      return "the clone is not complete: clone with --offload=never";
    case HintId::copied_here:
      return "everything is now read and written by sanclone itself";
    case HintId::write_zeros_to_wipe:
      return "run the same command again with --zero=write";
    case HintId::name_map:
      return "name one by --map=FILE";
    case HintId::leave_map:
      return "leave out --map";
    case HintId::go_around:
      return "add --on-read-error=zero or --on-read-error=retry:N";
    case HintId::fit_table:
      return "leave out --no-fit-gpt";
    case HintId::no_verify:
      return "leave out --verify";

    // Logging in.
    case HintId::chap_login:
      return "give --chap-user and --chap-secret-file";
    case HintId::chap_login_too:
      return "give --chap-user and --chap-secret-file too";
    case HintId::whole_chap_login:
      return "give --chap-user and --chap-secret-file, or set LIBISCSI_CHAP_USERNAME and "
             "LIBISCSI_CHAP_PASSWORD";
    case HintId::secret_file:
      return "put the secret into a file of mode 0600 and give --chap-user and --chap-secret-file, or "
             "set LIBISCSI_CHAP_USERNAME and LIBISCSI_CHAP_PASSWORD";
    case HintId::allow_initiator:
      return "{1}allow the initiator {0} on the target, or give the right name by --initiator";
    case HintId::fewer_sessions:
      return "use fewer --sessions";
    case HintId::reserve_if_possible:
      return "leave out --reserve=require";

    // Files that are written.
    case HintId::output_file:
      return "give --output=FILE";
    case HintId::other_svg:
      return "{text}; --svg - writes to standard output";
    case HintId::overwrite:
      return "{text}, or give --overwrite";

    // Flash of NICs and firmware.
    case HintId::give_family:
      return "give --family";
    case HintId::give_this_family:
      return "give --family={0}";
    case HintId::choose_family:
      return "give --family: {0}";
    case HintId::likely_family:
      return "it looks like one of an {0}: if that is what the NIC is, give --family={0}";
    case HintId::unverified:
      return "{0}give --unverified to {1}";
    case HintId::choose_ip_order:
      return "look at the NIC's own setup menu, or choose --ip-order=network (first octet first; likely, "
             "not proven)";
    case HintId::target_secret:
      return "give --target-secret-file";
    case HintId::one_portal:
      return "choose one with --portal, and give the other to another port of the NIC";
    case HintId::drop_target_user:
      return "give --no-target-user to go without it";
    case HintId::chap_or_none:
      return "give a CHAP user or --no-chap as well";
    case HintId::which_nic:
      return "say which NIC it is: a profile with its mac, or --mac=ADDRESS";
    case HintId::force_backup:
      return "{text}, or give --force=REASON";
    case HintId::backup_elsewhere:
      return "{text}; --backup=FILE puts it elsewhere";
    case HintId::repair_checksum:
      return "sanflash reset repairs it";
    case HintId::verify_flash:
      return "see: sanflash verify";
    case HintId::list_nics:
      return "see: sanflash list";
    case HintId::boot_otherwise:
      return "boot by iPXE (sanflash export) or by UEFI (uefi:FILE)";
    case HintId::boot_without_nvm:
      return "{0}: boot by iPXE (sanflash export) or UEFI";
    case HintId::export_ipxe:
      return "{text} (sanflash export)";
    case HintId::checksum_byte:
      return "give --checksum-byte, if you know one";
    case HintId::extract_rom:
      return "{text}: sanflash rom extract";
    case HintId::verify_rom:
      return "see: sanflash rom verify";
    case HintId::raw_rom:
      return "{text}: --raw";
    case HintId::scan_flash:
      return "a dump of a whole flash is searched with --scan";

    // Targets.
    case HintId::file_size:
      return "give --size for a file of the pool";
    case HintId::size_or_device:
      return "give --size, or --device";
    case HintId::give_portal:
      return "give --portal HOST";
    case HintId::own_chap_user:
      return "give --chap USER, too";
    case HintId::two_chap_users:
      return "RFC 7143, 9.2.1; give --chap and another user for --mutual-chap";
    case HintId::allow_secret:
      return "give the target this one by sanlun allow, or remove the file to have the target's put "
             "there";
    case HintId::edit_target:
      return "nothing was changed; use sanlun allow, attach or delete, or another name";
    case HintId::delete_target:
      return "run it again first, or sanlun delete {0}";
    case HintId::cut_short:
      return "\"sanlun {0} {1}\" was cut short there";
    case HintId::remove_snapshots:
      return "{text}: sanlun snapshot {0} SNAPSHOT --remove";
    case HintId::see_pool:
      return "{text}; see --pool";
    case HintId::name_in_pool:
      return "give the name of a volume of the --pool, or a target's whole iSCSI name";
    case HintId::snapshot_of_pool:
      return "snapshots are of volumes of the --pool; block devices have those of LVM or ZFS";
    case HintId::volume_that_grows:
      return "leave --allocate out for a volume that grows as it is written, or choose another --pool";
    case HintId::other_driver:
      return "{text}; or use --driver tgt";
    case HintId::tgt_config:
      return "name the directory that tgt's targets.conf includes by --config";
    case HintId::start_tgtd:
      return "start it (systemctl start tgt); see also --control-port and TGT_IPC_SOCKET";

    // Checks.
    case HintId::name_subject:
      return "name an image or a LUN, or say --live for this machine";
    case HintId::examine_machine:
      return "what is being changed cannot be judged; --live examines this machine itself";
    case HintId::clone_to_raw:
      return "make a raw image or a LUN of it: sanclone {0} disk.raw";
    case HintId::say_firmware:
      return "say --firmware bios or --firmware uefi";
    case HintId::list_checks:
      return "see sanboot-check --list-checks";
  }
  return "{text}";
}

namespace {

/// Puts the library's text and the facts into a sentence of the table.
std::string hint(HintId id, std::string_view text, const std::vector<std::string>& facts) {
  std::string result;
  std::string_view rest = hint_sentence(id);
  while (!rest.empty()) {
    const std::size_t open = std::min(rest.find('{'), rest.size());
    result += rest.substr(0, open);
    if (open == rest.size()) break;
    const std::size_t close = rest.find('}', open);
    const std::string_view name = rest.substr(open + 1, close - open - 1);
    const auto index = static_cast<std::size_t>(name[0] - '0');
    if (name == "text")
      result += text;
    else if (index < facts.size())
      result += facts[index];
    rest.remove_prefix(close + 1);
  }
  return result;
}

std::string option(std::string_view name) {
  return "--" + std::string(name);
}

}  // namespace

void use_option_words() {
  set_wording({hint, option});
}

}  // namespace san
