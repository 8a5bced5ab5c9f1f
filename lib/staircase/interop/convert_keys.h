#pragma once

#include "staircase/interop/key_layout.h"
#include "staircase/nn/classifier.h"

namespace staircase::interop {

/// What is done with the classification head of a file. none: the file has neither a head nor the final norm before it,
/// and a decoder in its place, which is left out.
enum class Head { from_file, fresh, none };

/// The tensors of a file under our names and in our shapes, complete for the network and nothing
/// else; types stay. A missing num_batches_tracked is 0. Head::fresh leaves head.linear out,
/// whatever the file holds of it, Head::none all of head. `name`: of the file, for messages.
/// Throws RequestError that lists missing, unexpected and misshapen tensors (20 of each at most), and ends with
/// `head_way_out`, if that is not empty, where only the head does not fit.
formats::TensorFile to_staircase(const formats::TensorFile& file, const config::ModelOptions& model, KeyLayout layout,
                                 const std::string& name, Head head = Head::from_file,
                                 const std::string& head_way_out = "");

/// The reverse, for what to_staircase returned: their names and shapes, in the order of the network.
/// Throws RequestError as map_keys does.
formats::TensorFile from_staircase(const formats::TensorFile& file, const config::ModelOptions& model,
                                   KeyLayout layout);

/// Copies tensors under our names into a network, converted to its type; those of the network that
/// the file lacks (a fresh head) stay.
void copy_into(nn::Classifier& model, const formats::TensorFile& file);

}  // namespace staircase::interop
