// Kinds of operation: what a legend calls them, and their colours, the same on every drawing of a network.
export const KINDS = {
  input: ["image", "#7b8794"],
  convolution: ["convolution", "#3b78c2"],
  linear: ["linear", "#d0701c"],
  pooling: ["pooling", "#16917e"],
  normalization: ["normalisation", "#86861d"],
  activation: ["activation", "#b8558f"],
  addition: ["addition", "#8468c9"],
  multiplication: ["gate", "#d0701c"],
  concatenation: ["concatenation", "#8468c9"],
  attention: ["attention", "#c0504d"],
  block: ["block", "#7b8794"],
  other: ["other", "#7b8794"],
};

export function colourOfKind(kind) {
  return (KINDS[kind] ?? KINDS.other)[1];
}
