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
/// Attributes of a variable that may only be written with a signature: such variables are listed, and never
/// changed here.
inline constexpr std::uint32_t kAuthenticated = 0x10 | 0x20 | 0x80;

/// State of a variable, from the bits of its state byte; they are cleared one after another, as flash
/// permits.
enum class VariableState {
  unfinished,  ///< its header or its data is incomplete
  valid,
  /// A new copy was being written when the machine stopped; this one is still valid if there is none.
  replacing,
  deleted,
};

/// Names the state: "unfinished", "valid", "replacing", "deleted".
std::string_view to_string(VariableState state);

/// Name and vendor, which identify a variable.
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
  std::size_t offset = 0;  ///< offset of the record's header in the image
};

/// Converts `name` for messages.
std::string printable(std::u16string_view name);

/// Variable store of a UEFI firmware, in the image of its flash: a file like OVMF_VARS.fd, or a complete dump
/// with the volume at any offset. Layout: the PI specification 1.8, volume 3, 3.2.1 (firmware volume), and
/// EDK2's MdeModulePkg/Include/Guid/VariableFormat.h (store and records; both with and without the fields for
/// authenticated variables).
///
/// A variable is changed as by the firmware: the new copy is appended, then the old one is marked as deleted.
/// The valid variables are compacted only if there is not enough space. Bytes outside of the store never
/// change.
class VariableStore {
 public:
  /// `name` is used in messages. Throws Error(failed) with position and numbers if `image` has no volume of
  /// variables, or one whose signature, checksum or lengths are wrong.
  VariableStore(std::string name, std::vector<std::byte> image);

  const std::string& name() const { return name_; }
  const std::vector<std::byte>& image() const { return image_; }

  /// Returns true if the records have the fields of authenticated variables.
  bool authenticated() const { return authenticated_; }
  /// Returns the offset of the firmware volume in the image.
  std::size_t volume_offset() const { return volume_; }
  /// Return the offset and length in bytes of the store, including its header.
  std::size_t store_offset() const { return store_; }
  std::size_t store_size() const { return size_; }
  /// Returns the number of bytes behind the last record.
  std::size_t free_bytes() const;
  /// Returns the number of bytes that would be free if only valid variables were kept.
  std::size_t reclaimable_bytes() const;

  /// Returns the faults inside the store that are tolerated: a record that extends past the store, bytes that
  /// are not erased behind the last record. Empty if there are none.
  std::vector<std::string> problems() const;

  /// Returns all records in their order, including deleted ones.
  std::vector<Variable> records() const;
  /// Returns the variables that the firmware sees.
  std::vector<Variable> variables() const;
  std::optional<Variable> get(const VariableName& id) const;

  /// Sets the value of a variable; an existing one keeps its attributes, as UEFI requires. Nothing is written
  /// if it has that value already; empty data is erase(). Throws Error(failed) with the numbers if it does
  /// not fit, and Error(refused) for an authenticated variable.
  void set(const VariableName& id, std::uint32_t attributes, std::span<const std::byte> data);

  /// Removes a variable; returns false if there is none. Throws Error(refused) for an authenticated one.
  bool erase(const VariableName& id);

  /// Compacts the valid variables, and erases the rest of the store.
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
