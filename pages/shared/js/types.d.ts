// What travels between Python and a component, and what a component is made of.

/** The header of a packet: what `pack` makes of a mapping, with the places of its blobs. */
export interface Packet {
  key?: string;
  digest?: string;
  meta?: any;
  layout?: any;
  blobs?: Record<string, [number, number]>;
}

/** One blob of a packet, copied, by its name. */
export type Blob = (name: string) => Uint8Array;

export interface Theme {
  name: "light" | "dark";
  background: string;
  text: string;
  primary: string;
  font: string;
  code: string;
  /** By how much type is to be larger than it is drawn at a desk. */
  scale?: number;
}

/** What a component keeps between two calls; its own parts and state are further members. */
export interface View<P = any> {
  root: any;
  whole: any;
  find: (selector: string) => any;
  header: P;
  digest: string | undefined;
  theme: Theme;
  /** Pixels from side to side of `whole`, when it was last drawn. */
  room: number;
  narrow: boolean;
  drawn: boolean;
  notes: any;
  /** Sets a value of the component's state, which runs the page again. */
  send: (name: string, value: unknown) => void;
  player?: { playing: boolean; play(): void; stop(): void; toggle(): void };
  [member: string]: any;
}

export interface Spec<P = any> {
  /** Selector of the element whose width counts; it has the class "narrow" below `narrow` pixels (560). */
  whole: string;
  narrow?: number;
  /** Classes of elements that become members of the view, between spaces: "stage" is view.stage. */
  parts?: string;
  /** Name under which what a person set up outlives a change of page: view.notes. */
  notes?: (header: P) => string;
  /** The part that says what is drawn (data-painted: the digest) and how long it took (data-milliseconds). */
  painted?: string;
  /** Once: handlers and elements. */
  create?: (view: View<P>, header: P) => void;
  /** After `create`, and when it is called again after `stop`: what reaches beyond its own elements. */
  begin?: (view: View<P>) => void;
  /** Whenever another packet comes: with its `meta`, or with the header itself where it has none. */
  load?: (view: View<P>, content: any, blob: Blob) => void;
  /** On every call, after `load`: what Python pushes without a new digest. */
  arrive?: (view: View<P>, header: P) => void;
  /** After `load`, on another theme and on another width. */
  draw: (view: View<P>) => void;
  /** On a call that brings nothing new to draw. */
  again?: (view: View<P>) => void;
  /** When the component goes. */
  stop?: (view: View<P>) => void;
}
