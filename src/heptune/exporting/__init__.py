"""From a bundle on torch to one on ONNX, checked against each other."""
