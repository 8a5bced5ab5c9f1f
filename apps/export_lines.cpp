#include "export_lines.h"

namespace staircase::apps {

std::string torchscript_lines(const std::string& file, const interop::ModelDescription& description,
                              bool preprocessing) {
  const std::string size = std::to_string(description.data.image_size_px);
  std::string text = "import json, torch\n";
  if (preprocessing) text += "from PIL import Image, ImageOps  # the package pillow; numpy is not needed\n";
  text += "extra = {\"classes.json\": \"\"}\nmodel = torch.jit.load(" + config::Json(file).dump() +
          ", _extra_files=extra)\n";
  text += preprocessing ? "image = ImageOps.exif_transpose(Image.open(\"photo.jpg\")).convert(\"RGB\")\n"
                          "pixels = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)\n"
                          "images = pixels.reshape(image.height, image.width, 3)  # several of one size: (N, H, W, 3)\n"
                        : "images = torch.zeros(1, " + std::to_string(description.model.in_channels) + ", " + size +
                              ", " + size + ")  # float, normalized as normalization.json in the file says\n";
  text +=
      "with torch.no_grad():\n    probabilities = model(images).softmax(1)[0]\n"
      "best = int(probabilities.argmax())\nnames = json.loads(extra[\"classes.json\"])\n"
      "print(names[best] if names else best, float(probabilities[best]))\n";
  return text;
}

std::string onnx_lines(const std::string& file, const interop::ModelDescription& description, bool preprocessing) {
  const std::string size = std::to_string(description.data.image_size_px);
  std::string text = "import json, numpy, onnxruntime\n";
  if (preprocessing) text += "from PIL import Image, ImageOps  # the package pillow\n";
  text += "session = onnxruntime.InferenceSession(" + config::Json(file).dump() +
          ", providers=[\"CPUExecutionProvider\"])\n";
  text += preprocessing ? "image = ImageOps.exif_transpose(Image.open(\"photo.jpg\")).convert(\"RGB\")\n"
                          "images = numpy.asarray(image)[None]  # several of one size: (N, H, W, 3)\n"
                        : "images = numpy.zeros((1, " + std::to_string(description.model.in_channels) + ", " + size +
                              ", " + size + "), numpy.float32)  # normalized as normalization.json in the file says\n";
  text +=
      "logits = session.run(None, {session.get_inputs()[0].name: images})[0][0]\n"
      "best = int(logits.argmax())\n"
      "names = json.loads(session.get_modelmeta().custom_metadata_map[\"classes.json\"])\n"
      "print(names[best] if names else best, float(logits[best]))\n";
  return text;
}

}  // namespace staircase::apps
