const FIRST_CAPACITY = 1024;

/**
 * A row of 32-bit numbers that grows. It lies outside of V8's heap: tens of thousands of small objects in its place
 * would be copied about by the garbage collector, and make it ask the system for memory three times over.
 */
export class Int32Vector {
  private cells: Int32Array;
  private count = 0;

  constructor(capacity = FIRST_CAPACITY) {
    this.cells = new Int32Array(capacity);
  }

  get length(): number {
    return this.count;
  }

  /** Any position within the capacity; 0 where nothing was put. */
  at(position: number): number {
    return this.cells[position] ?? 0;
  }

  set(position: number, value: number): void {
    this.cells[position] = value;
  }

  push(value: number): void {
    if (this.count === this.cells.length) this.grow();
    this.cells[this.count] = value;
    this.count += 1;
  }

  /** A copy of just what was put. */
  toArray(): Int32Array {
    return this.cells.slice(0, this.count);
  }

  private grow(): void {
    const larger = new Int32Array(Math.max(FIRST_CAPACITY, this.cells.length * 2));
    larger.set(this.cells);
    this.cells = larger;
  }
}

/** Which numbers belong to which, many to many: a list for each, linked from cell to cell of shared columns. */
export class AdjacencyList {
  /** By number: 1 + the position of the link that was added last; 0 for none. */
  private readonly heads = new Int32Vector();
  private readonly values = new Int32Vector();
  private readonly nexts = new Int32Vector();

  add(from: number, to: number): void {
    while (this.heads.length <= from) this.heads.push(0);
    this.values.push(to);
    this.nexts.push(this.heads.at(from));
    this.heads.set(from, this.values.length);
  }

  /** What was added last comes first. */
  *of(from: number): Generator<number> {
    let link = from < this.heads.length ? this.heads.at(from) : 0;
    for (; link !== 0; link = this.nexts.at(link - 1)) yield this.values.at(link - 1);
  }
}
