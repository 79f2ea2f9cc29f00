/**
 * Alpine's version order: `digits{.digits}{letter}{_suffix{digits}}{~hash}{-rdigits}`, as apk-tools 2.14
 * decides it (src/version.c). Each version is read part by part; the first part that differs, in kind or value, decides.
 */

/** Kinds of parts in the order apk ranks them: where two versions go on with different kinds, the later loses. */
const PART = {
  invalid: -1,
  component: 0,
  digits: 1,
  letter: 2,
  suffix: 3,
  suffixNumber: 4,
  hash: 5,
  revision: 6,
  end: 7,
} as const;
type Part = (typeof PART)[keyof typeof PART];

/** Numbers of up to 17 digits are legal, more than a double holds exactly. */
type PartValue = number | bigint | string;

const MAX_DIGITS = 17;
const PRE_RELEASE_SUFFIXES = ['alpha', 'beta', 'pre', 'rc'];
const POST_RELEASE_SUFFIXES = ['cvs', 'svn', 'git', 'hg', 'p'];

const ZERO = 48;
const NINE = 57;

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function isLowerLetter(code: number): boolean {
  return code >= 97 && code <= 122;
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102);
}

/** Walks one version text; `part` is the kind of the part that `take` reads next. */
class PartReader {
  part: Part = PART.digits;
  private readonly text: string;
  private position = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Value of the current part; moves on to the next one. */
  take(): PartValue {
    if (this.position >= this.text.length && this.part !== PART.hash) {
      this.part = PART.end;
      return 0;
    }
    switch (this.part) {
      case PART.component:
        return this.code() === ZERO ? this.takeLeadingZeros() : this.takeDigits();
      case PART.digits:
      case PART.suffixNumber:
      case PART.revision:
        return this.takeDigits();
      case PART.letter:
        return this.advance(this.text.charCodeAt(this.position++));
      case PART.suffix:
        return this.takeSuffix();
      case PART.hash:
        return this.takeHash();
      case PART.invalid:
      case PART.end:
        return this.fail();
    }
  }

  private code(): number {
    return this.text.charCodeAt(this.position);
  }

  private fail(): number {
    this.part = PART.invalid;
    return -1;
  }

  /** `1.001` sorts before `1.01`: more zeros in front mean less, and the last zero belongs to the number. */
  private takeLeadingZeros(): number {
    const start = this.position;
    while (this.text.charCodeAt(this.position + 1) === ZERO) this.position++;
    this.part = PART.digits;
    return start - this.position;
  }

  private takeDigits(): PartValue {
    const start = this.position;
    while (isDigit(this.code())) this.position++;
    const length = this.position - start;
    if (length > MAX_DIGITS) return this.fail();
    const digits = this.text.slice(start, this.position);
    const value = Number(digits);
    return this.advance(Number.isSafeInteger(value) ? value : BigInt(digits));
  }

  private takeSuffix(): PartValue {
    const here = (suffix: string): boolean => this.text.startsWith(suffix, this.position);
    const before = PRE_RELEASE_SUFFIXES.findIndex(here);
    const after = POST_RELEASE_SUFFIXES.findIndex(here);
    const suffix = PRE_RELEASE_SUFFIXES[before] ?? POST_RELEASE_SUFFIXES[after];
    if (suffix === undefined) return this.fail();
    this.position += suffix.length;
    return this.advance(before >= 0 ? before - PRE_RELEASE_SUFFIXES.length : after);
  }

  private takeHash(): PartValue {
    const start = this.position;
    while (isHexDigit(this.code())) this.position++;
    if (this.position === start) return this.fail();
    return this.advance(this.text.slice(start, this.position));
  }

  private advance<V extends PartValue>(value: V): V {
    this.part = this.position >= this.text.length ? PART.end : this.nextPart();
    return value;
  }

  private nextPart(): Part {
    const { part } = this;
    const code = this.code();
    if ((part === PART.digits || part === PART.component) && isLowerLetter(code)) {
      return PART.letter;
    }
    if (part === PART.letter && isDigit(code)) return PART.digits;
    if (part === PART.suffix && isDigit(code)) return PART.suffixNumber;
    const next = this.separator();
    const mayRepeat =
      (next === PART.component && part === PART.digits) ||
      (next === PART.suffix && part === PART.suffixNumber);
    return next < part && !mayRepeat ? PART.invalid : next;
  }

  private separator(): Part {
    switch (this.text.charAt(this.position++)) {
      case '.':
        return PART.component;
      case '_':
        return PART.suffix;
      case '~':
        return PART.hash;
      case '-':
        if (this.text[this.position] !== 'r') return PART.invalid;
        this.position++;
        return PART.revision;
      default:
        return PART.invalid;
    }
  }
}

/** What nearly every version looks like; the others are left to the reader. */
const USUAL_VERSION = /^\d{1,17}(\.\d{1,17})*[a-z]?(-r\d{1,17})?$/;

export function isValidVersion(version: string): boolean {
  if (USUAL_VERSION.test(version)) return true;
  const reader = new PartReader(version);
  while (reader.part !== PART.end && reader.part !== PART.invalid) reader.take();
  return reader.part === PART.end;
}

/** -1 when `a` is older than `b`, 1 when newer, 0 when apk holds them equal. */
export function compareVersions(a: string, b: string): -1 | 0 | 1 {
  return a === b ? 0 : compareParts(a, b, false);
}

function compareParts(a: string, b: string, prefixIsEqual: boolean): -1 | 0 | 1 {
  const left = new PartReader(a);
  const right = new PartReader(b);
  let leftValue: PartValue = 0;
  let rightValue: PartValue = 0;
  while (
    left.part === right.part &&
    left.part !== PART.end &&
    left.part !== PART.invalid &&
    leftValue === rightValue
  ) {
    leftValue = left.take();
    rightValue = right.take();
  }
  if (leftValue < rightValue) return -1;
  if (leftValue > rightValue) return 1;
  if (left.part === right.part || prefixIsEqual) return 0;
  return compareTails(left, right);
}

/** All common parts are equal: the longer version is newer unless what follows is a pre-release suffix. */
function compareTails(left: PartReader, right: PartReader): -1 | 1 {
  const [leftPart, rightPart] = [left.part, right.part];
  if (leftPart === PART.suffix && isPreRelease(left)) return -1;
  if (rightPart === PART.suffix && isPreRelease(right)) return 1;
  return leftPart > rightPart ? -1 : 1;
}

/** An unknown suffix counts as one too: it reads as invalid, below everything. */
function isPreRelease(reader: PartReader): boolean {
  return Number(reader.take()) < 0;
}

/** Comparison of a version constraint; `~` also accepts every version that the wanted one is a prefix of. */
export type VersionOperator = '=' | '<' | '<=' | '>' | '>=' | '~' | '<~' | '>~';

export function versionMatches(actual: string, operator: VersionOperator, wanted: string): boolean {
  const order = compareParts(actual, wanted, operator.includes('~'));
  if (order === 0) return operator !== '<' && operator !== '>';
  return operator.startsWith(order < 0 ? '<' : '>');
}
