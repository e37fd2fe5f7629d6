// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/guid.h"

namespace san::flash {

/// Attributes of a UEFI variable (UEFI 2.10, 8.2).
inline constexpr std::uint32_t kNonVolatile = 0x1, kBootService = 0x2, kRuntime = 0x4;
/// A variable that may only be written with a signature: enumerated and left alone here.
inline constexpr std::uint32_t kAuthenticated = 0x10 | 0x20 | 0x80;

/// What the bits of a variable's state byte say; they are cleared one after another, as flash allows.
enum class VariableState {
  unfinished,  ///< its header or its data never came to their end
  valid,
  replacing,  ///< a new copy was being written when the machine stopped; this one still holds where there is
              ///< none
  deleted,
};

/// "unfinished", "valid", "replacing", "deleted".
std::string_view to_string(VariableState state);

/// What a variable is known by.
struct VariableName {
  std::u16string name;
  Guid vendor;

  bool operator==(const VariableName&) const = default;
};

/// One record of a variable store.
struct Variable {
  VariableName id;
  std::uint32_t attributes = 0;
  VariableState state = VariableState::valid;
  std::vector<std::byte> data;
  std::size_t offset = 0;  ///< of the record's header in the image
};

/// `name` as people read it.
std::string printable(std::u16string_view name);

/// The variables of a UEFI firmware, in the image of its flash: a file like OVMF_VARS.fd, or a whole dump in
/// which the volume lies somewhere. Layout: the PI specification 1.8, volume 3, 3.2.1 (firmware volume), and
/// EDK2's MdeModulePkg/Include/Guid/VariableFormat.h (store and records; both with and without the fields for
/// authenticated variables).
///
/// A change is made as the firmware makes it: the new copy is appended, then the old one is marked deleted.
/// Only where there is no room are the valid variables moved together. Bytes outside the store never change.
class VariableStore {
 public:
  /// `name` is for messages. Throws Error(failed) where `image` has no volume of variables, or one whose
  /// signature, checksum or lengths are wrong: which, where, and the numbers.
  VariableStore(std::string name, std::vector<std::byte> image);

  const std::string& name() const { return name_; }
  const std::vector<std::byte>& image() const { return image_; }

  /// Whether the records have the fields of authenticated variables.
  bool authenticated() const { return authenticated_; }
  /// Offset of the firmware volume in the image.
  std::size_t volume_offset() const { return volume_; }
  /// Offset and length of the store, its header included.
  std::size_t store_offset() const { return store_; }
  std::size_t store_size() const { return size_; }
  /// Bytes behind the last record.
  std::size_t free_bytes() const;
  /// Bytes that would be free if only what is valid were kept.
  std::size_t reclaimable_bytes() const;

  /// What is wrong inside, and may be lived with: a record that reaches past the store, bytes that are not
  /// erased behind the last record. Empty where all is well.
  std::vector<std::string> problems() const;

  /// All records, those that are deleted too, in their order.
  std::vector<Variable> records() const;
  /// The variables that the firmware sees.
  std::vector<Variable> variables() const;
  std::optional<Variable> get(const VariableName& id) const;

  /// Gives a variable a value; an existing one keeps its attributes, as UEFI demands. Nothing is written
  /// where it has that value already; no data at all is erase(). Throws Error(failed) with the numbers where
  /// it does not fit, and Error(refused) for an authenticated variable.
  void set(const VariableName& id, std::uint32_t attributes, std::span<const std::byte> data);

  /// Removes a variable; false where there is none. Throws Error(refused) for an authenticated one.
  bool erase(const VariableName& id);

  /// Moves what is valid together, and erases the rest of the store.
  void reclaim();

 private:
  struct Walk;
  bool find_volume();
  void check_volume(std::size_t at);
  Walk walk() const;
  std::size_t header_size() const;
  std::vector<std::byte> record(const VariableName& id, std::uint32_t attributes,
                                std::span<const std::byte> data) const;
  void mark(std::size_t offset, std::uint8_t mask);

  std::string name_;
  std::vector<std::byte> image_;
  bool authenticated_ = false;
  std::size_t volume_ = 0, store_ = 0, size_ = 0;
};

}  // namespace san::flash
