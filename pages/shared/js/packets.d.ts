// The headers of the packets that Python sends, by component: the fields that the browser reads.
import type { Packet } from "./types";

interface Line {
  name: string;
  text: string;
}

export interface NormStepsPacket extends Packet {
  /** [N, C, H, W] */
  shape: [number, number, number, number];
  grids: { symbol: string; title: string; values: number[]; texts: string[] }[];
  /** By place: the group whose values are taken together. */
  group: number[];
  names: string[];
  channel: Line[][];
  cell: Line[][];
}

interface NormPanel {
  title: string;
  says: string;
  group: number[];
  count: number;
  means: string[];
  variances: string[];
  normalised: number[];
}

export interface NormAxesPacket extends Packet {
  shape: number[];
  values: number[];
  panels: NormPanel[];
  groups: (NormPanel & { groups: number })[];
}

export interface NormChannelsPacket extends Packet {
  layer: string;
  start: number;
  says: string[][];
  strips: { name: string; values: number[]; marks?: number[]; marked?: string }[];
  before: [number, number][];
  after: [number, number][];
  after_mean: number[];
  after_spread: number[];
}

interface Bowl {
  title: string;
  says: string;
  low: [number, number];
  high: [number, number];
  contours: [number, number][][];
  minimum: [number, number];
  least: number;
  /** By rate and step; null where the loss left every bound. */
  paths: [number | null, number | null][][];
  losses: (number | null)[][];
  left: (number | null)[][];
  arrivals: (number | null)[];
  rates: string[];
}

export interface DescentPathsPacket extends Packet {
  panels: Bowl[];
  shares: number[];
  colours: string[];
  start: number;
}

export interface ComparedPacket extends Packet {
  control: string;
  start: number;
  frames: {
    label: string;
    columns: { title: string; problem?: string; rows: { label: string; share: number; text: string }[] }[];
  }[];
}

export interface ScrubChartPacket extends Packet {
  control: string;
  start: number;
  colours: string[];
  frames: { label: string; says: string; at?: number | null }[];
  panels: {
    title: string;
    x: number[];
    xTitle: string;
    xLog: boolean;
    log: boolean;
    limits?: number[];
    series: {
      name: string;
      kind: "line" | "band" | "rule" | "crosses" | "marks" | "dots" | "points";
      colour: number;
      values: any;
      framed?: boolean;
      marked?: boolean;
    }[];
  }[];
}

type Norm = number | "zero" | "infinite" | "undefined";

export interface LayerNormsPacket extends Packet {
  steps: number[];
  says: string[];
  keys: string;
  columns: number;
  cells: {
    name: string;
    right: string;
    colour: string;
    slope: number | null;
    layers: string[];
    values: Norm[][];
    shares: string[];
  }[];
}

export interface DepthCurvesPacket extends Packet {
  bins: number;
  frames: any[];
  past: any[];
}

interface Curve {
  x: Record<string, number[]>;
  y: (number | null)[];
}

export interface RacePacket extends Packet {
  title: string;
  live: boolean;
  start: string;
  axes: { id: string; title: string; words: string }[];
  measures: { id: string; words: string; log?: boolean; low?: boolean; percent?: boolean }[];
  lanes: {
    name: string;
    colour: string;
    dash: number[];
    n: number;
    running: boolean;
    diverged: number;
    ends: Record<string, number>;
    x: Record<string, number[]>;
    test: Curve;
    lowest: number[];
    highest: number[];
  }[];
}

export interface BatchMixPacket extends Packet {
  steps: number;
  batches: number[];
  classes: string[];
  rows: { order: string; words: string; counts: number[][] }[];
}

export interface PictureSheetPacket extends Packet {
  /** [C, H, W] */
  shape: [number, number, number];
  mean: number[];
  std: number[];
  columns: number;
  items: { index: number; label: string; words: string }[];
  rows: { title: string; count: number; normalised: boolean }[];
}

export interface ShiftMapPacket extends Packet {
  size: [number, number];
  reach: number;
  near: number;
  start: number;
  classes: string[];
  networks: string[];
}

export interface ShiftedDigitsPacket extends Packet {
  size: [number, number];
  amounts: number[];
  directions: string[];
  networks: string[];
  truth: string[];
  answers: string[][][];
  probabilities: number[][][];
}

export interface CostBreakdownPacket extends Packet {
  network: string;
  first: string;
  quantities: { name: string; unit: string; colour: string; total: number }[];
  blocks: { name: string; title: string; shape: string; field: string; first: number; last: number; values: (number | null)[] }[];
  rows: { name: string; title: string; shape: string; field: string; values: (number | null)[] }[];
}

export interface FieldMapPacket extends Packet {
  picture: [number, number];
  layer: string;
  layers: { name: string; operation: string; status: string; words: string; rows: number[]; columns: number[]; cells: [number, number] }[];
  /** Row, column, channel; null: the mean of all channels. */
  cell: [number, number, number | null];
  signed: boolean;
  highest: number;
}

export interface BlockStripPacket extends Packet {
  what: string;
  names: string[];
  bars: { title: string; low: number; high: number; values: number[] } | null;
  panels: { title: string; shape: number[]; maps: [number, number, number]; limit: number; signed: boolean; unit: number }[];
  segments: { title: string; note: string; start: number; count: number }[];
}

export interface DropoutMaskPacket extends Packet {
  title: string;
  kind: string;
  shape: [number, number, number];
  names: number[];
  channelwise: boolean;
  p: number;
}

/** [index], null where a number is not finite. */
type Numbers = (number | null)[];

interface KernelNumbers {
  norm: Numbers;
  sum: Numbers;
  top: Numbers;
  frequency: Numbers;
  across: Numbers;
  down: Numbers;
  angle: Numbers;
  coherence: Numbers;
  classic: (number | null)[];
  cosine: Numbers;
}

export interface KernelGridMeta {
  title: string;
  word: string;
  /** [n, 1 or 3, kh, kw] */
  shape: [number, number, number, number];
  names: number[];
  planes: number[] | null;
  response: number;
  /** [h, w, H, W]: cells sent of a map, and cells it has. */
  answer: [number, number, number, number] | null;
  answers: Numbers | null;
  gradients: string[];
  classics: string[];
  dead: number[];
  silent: number[];
  numbers: KernelNumbers;
  digest: string;
  /** Over a run: a column a snapshot. */
  frames?: { steps: number[]; losses: Numbers; accuracies: Numbers; changes: Numbers[]; mean_changes: Numbers };
  labels?: string[] | null;
  columns?: number;
}

export interface KernelGridPacket extends Packet {
  view: "kernels" | "inputs" | "frequency" | "training";
  meta: KernelGridMeta;
  wants: Record<string, string>;
  selected: { kernel?: number };
  pushed: number;
}

export interface KernelPairsMeta {
  title: string;
  shape: [number, number, number, number];
  kept: number[];
  order: number[];
  pairs: [number, number][];
  cosines: number[];
  thresholds: number[];
  counts: number[];
  chances: number[];
  possible: number;
  digest: string;
}

export interface GridLinksMeta {
  kind: string;
  /** [C, H, W] */
  input: [number, number, number];
  output: [number, number, number];
  taps: number;
  names: [string, string];
  limit: number;
  signed: boolean;
  covered: boolean;
  digest: string;
}

/** By layer or way, and amount. */
interface ShiftCurves {
  mean: Numbers[];
  low: Numbers[];
  high: Numbers[];
}

interface ShiftPlace {
  layer: string;
  operation: string;
  before: string;
  shape: [number, number, number];
  cell: number;
  place: ShiftCurves;
  along: ShiftCurves;
  floors: Numbers;
  sizes: Record<string, [number, number]>;
  signed: boolean;
}

interface ShiftMotion {
  unit: string;
  amounts: number[];
  frame: [number, number];
  layers: { key: string; operation: string }[];
  depth: ShiftCurves;
  floors: Numbers;
  agree: number[];
  chance: number[];
  label: string;
  ways: { name: string; title: string }[];
  places: ShiftPlace[];
}

export interface ShiftLabMeta {
  motions: Record<string, ShiftMotion>;
  colours: string[];
  count: number;
  digest: string;
}

export interface SideBySideMeta {
  tiles: { title: string; note: string; size: [number, number]; picture: boolean; limit: number; signed: boolean }[];
  digest: string;
}

export interface FilterLensMeta {
  /** [C, H, W] */
  shape: [number, number, number];
  /** [kh, kw] */
  window: [number, number];
  before: [number, number];
  signed: boolean;
  limit: number;
  digest: string;
}

export interface SlidingWindowMeta {
  kind: "products" | "max" | "mean" | "power" | "sampled" | "expected";
  /** [C, Hp, Wp] */
  input: [number, number, number];
  /** [O, Ho, Wo] */
  output: [number, number, number];
  window: [number, number];
  groups: number;
  /** top, left, bottom, right */
  padding: [number, number, number, number];
  sources: [number[], number[]];
  power: number;
  anchors: [number[], number[]] | null;
  names: [string, string, string];
  companions: { name: string; side: "input" | "output"; channels: boolean; limit: number; like_output: boolean; signed: boolean }[];
  limits: [number, number, number];
}

export interface DyingNeuronMeta {
  rates: number[];
  steps: number;
  side: number;
  digits: number[];
  labels: number[];
  threshold: number | null;
  start: number;
  neurons: { title: string; deadAt: number[] }[];
  digest: string;
}

/** [channel, row, column] of a patch. */
type PatchCell = [number, number, number];

export interface UnitCardData {
  id: string;
  form: "kernel" | "list" | "window" | "value";
  title: string;
  operation: string;
  origin: [number, number];
  dilation: [number, number];
  shape: [number, number, number];
  patch: string;
  kernel: string;
  channels: number[];
  sums: number[];
  order: number[];
  winner: PatchCell | null;
  rule: string;
  ladder: {
    label: string;
    detail: string;
    value: number;
    text: string;
    place: PatchCell | null;
    kind: string;
    start: number;
    stop: number;
  }[];
  explained: string;
  stages: { name: string; operation: string; formula: string; text: string; difference: string | null; agrees: boolean | null }[];
  proof: { recorded: string; computed: string | null; difference: string | null; tolerance: string; agrees: boolean | null };
  blanked: { before: string; outside: string; inside: string; difference: string; agrees: boolean } | null;
  field: { height: number; width: number; box: [number, number, number, number] | null; words: string };
  luts: Record<string, Record<string, string>>;
  /** The input as PNG, base64. */
  picture: string;
}

export interface MapGridPacket extends Packet {
  /** [H, W] */
  size: [number, number];
  tiles: { name: string; title: string; scale: number; mean: number; why: string; law: string; holds: boolean; layer: string }[];
  target: string;
  own_scales: string;
  scale: string;
  chosen: string;
}

export interface ConvolutionBoardMeta {
  first: Record<string, any>;
  presets: Record<string, Record<string, any>>;
  bounds: Record<string, [number, number]>;
  modes: string[];
  kernels: { name: string; title: string; sizes: Record<string, number[]> }[];
  /** channels of the image, 0 where the input is numbers */
  colours: number;
  hints: Record<string, string>;
}

/** [offset, height, width] of a tile among the pixels. */
type TilePlace = [number, number, number];

export interface MakingMeta {
  layer: string;
  channel: number;
  how: string;
  parts: { source: string; tile: TilePlace; kernel: number[][] | null; product: TilePlace | null }[];
  rest: TilePlace | null;
  bias: number;
  output: TilePlace;
  /** [H, W] */
  size: [number, number];
  read: [number, number];
  rows: [number, number][];
  columns: [number, number][];
  grey: boolean;
  limits: { read: number; weights: number; product: number; output: number };
  exact: boolean;
  words: { title: string; says: string; heads: string[]; sign: string; others: string };
}

interface UnitPatch {
  /** its place in the strip of images */
  image: number;
  title: string;
  value: number;
  cell: [number, number];
  /** [top, left, bottom, right], not clipped */
  box: [number, number, number, number];
}

export interface UnitPatchesPacket extends Packet {
  /** [H, W] */
  size: [number, number];
  highest: UnitPatch[];
  lowest: UnitPatch[];
  whole: boolean;
  vector: boolean;
  edges: number[];
  high: number[];
  low: number[];
  yours: number | null;
  mean: number;
}

export interface ImageMapPacket extends Packet {
  pushed: { layer: string; colour: string };
  /** images, without the person's own, which comes last */
  count: number;
  /** thumbnails in a row of the sheet */
  across: number;
  /** [height, width] of a thumbnail */
  thumb: [number, number];
  classes: string[];
  labels: number[];
  answer_names: string[];
  answers: number[];
  right: boolean[];
  k: number;
  layers: { name: string; kept: string; right: number; wide: number; chance: number }[];
}

export interface ConfusionPacket extends Packet {
  classes: string[];
  /** By true class and by what the network says. */
  counts: number[][];
  words: Record<string, string>;
}

interface InsideTiles {
  title: string;
  says: string;
  shape: [number, number, number, number];
  limits: (number | null)[];
  signed: boolean;
  palette: string;
  blob: string;
}

interface InsideColumn {
  title: string;
  /** By frame and row. */
  values: (number | null)[][];
  low: number;
  high: number;
  log: boolean;
  mark: number | null;
}

interface InsideTable {
  title: string;
  says: string;
  names: string[];
  columns: InsideColumn[];
  histograms: string[];
  blob: string;
  /** Of the histograms, by frame, kind and row. */
  limits: (number | null)[][][];
}

export interface InsideMeta extends Packet {
  steps: number[];
  classes: string[];
  /** By frame and class. */
  scores: (number | null)[][];
  tiles: InsideTiles[];
  tables: InsideTable[];
  bins: number;
  confusion: number;
  curve: { step: number[]; loss: (number | null)[]; tested: number[]; right: (number | null)[] };
  words: Record<string, string>;
}

export interface KernelSearchMeta {
  digest: string;
  /** [H, W] of the image. */
  shape: [number, number];
  /** The largest learning rate that converges; null: any does. */
  largest: number | null;
  limit: number;
  at_zero: number;
  span: number;
  title: string;
}
