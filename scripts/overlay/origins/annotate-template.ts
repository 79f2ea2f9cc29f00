import { mark } from './markers.ts';

/** Names of the helpers that an annotated template calls. */
export const TRACE_HELPERS = { open: 'traceOpen', close: 'traceClose' } as const;

/**
 * Changes a parsed template so that its text tells where it comes from: a mark in front of each line of the template,
 * and calls around whatever depends on a value. A call names the value as a path from `this`, or from the root with a
 * `@` in front; empty for `this` itself.
 */
export function annotateTemplate(program: hbs.AST.Program): void {
  program.body = program.body.flatMap((statement) => annotated(statement));
}

function annotated(statement: hbs.AST.Statement): readonly hbs.AST.Statement[] {
  if (statement.type === 'ContentStatement') {
    const content = statement as hbs.AST.ContentStatement;
    return [{ ...content, value: withLineMarks(content) } as hbs.AST.Statement];
  }
  // What is at the beginning of a line has no content in front of it that could carry the mark.
  if (statement.type === 'MustacheStatement') return [lineMark(statement), statement];
  if (statement.type !== 'BlockStatement') return [statement];
  const block = statement as hbs.AST.BlockStatement;
  const subject = subjectOf(block);
  annotateBranch(block.program, subject);
  // Handlebars types the absent else branch as present.
  const inverse = block.inverse as (hbs.AST.Program & { chained?: boolean }) | undefined;
  // An `else if` is a block inside of an else branch that must hold nothing beside it.
  const named = isCondition(block) && inverse?.chained !== true ? subject : undefined;
  if (inverse !== undefined) annotateBranch(inverse, named);
  return [block];
}

function lineMark({ loc }: hbs.AST.Statement): hbs.AST.Statement {
  const value = mark('l', loc.start.line);
  // The declaration of `original` is not what the parser makes of it: a text.
  const content: object = { type: 'ContentStatement', value, original: value, loc };
  return content as hbs.AST.ContentStatement;
}

/**
 * The parser removes what surrounds a tag on a line of its own from the beginning and the end of a content, so that the
 * lines that are left are counted from where its first character was found in the original.
 */
function withLineMarks({ value, loc, ...rest }: hbs.AST.ContentStatement): string {
  const { original } = rest as unknown as { readonly original: string };
  const skipped = Math.max(0, original.indexOf(value));
  const first = loc.start.line + breaksIn(original.slice(0, skipped));
  const lines = value.split('\n');
  // What follows the last line break may be a tag that leaves no trace: its line is not this content's to tell.
  return lines
    .map((line, index) =>
      line === '' && index === lines.length - 1 ? '' : mark('l', first + index) + line,
    )
    .join('\n');
}

function breaksIn(text: string): number {
  return text.split('\n').length - 1;
}

function annotateBranch(program: hbs.AST.Program, subject: string | undefined): void {
  annotateTemplate(program);
  if (subject === undefined) return;
  program.body = [
    call(program, TRACE_HELPERS.open, subject),
    ...program.body,
    call(program, TRACE_HELPERS.close, subject),
  ];
}

function isCondition({ path }: hbs.AST.BlockStatement): boolean {
  return ['if', 'unless'].includes(path.original);
}

/** What the block's content depends on; undefined where it cannot be told from inside the block. */
function subjectOf(block: hbs.AST.BlockStatement): string | undefined {
  if (!isCondition(block)) return '';
  const [subject] = block.params;
  if (subject?.type !== 'PathExpression') return undefined;
  const { data, depth, parts } = subject as hbs.AST.PathExpression;
  if (data) return parts[0] === 'root' ? `@${parts.slice(1).join('.')}` : undefined;
  return depth === 0 ? parts.join('.') : undefined;
}

function call({ loc }: hbs.AST.Node, helper: string, subject: string): hbs.AST.Statement {
  const path: hbs.AST.PathExpression = {
    ...{ type: 'PathExpression', data: false, depth: 0, loc },
    parts: [helper],
    original: helper,
  };
  const literal: hbs.AST.StringLiteral = {
    ...{ type: 'StringLiteral', value: subject, original: subject, loc },
  };
  const strip = { open: false, close: false };
  const statement = { type: 'MustacheStatement', path, params: [literal], escaped: false, strip };
  return { ...statement, hash: { type: 'Hash', pairs: [], loc }, loc } as hbs.AST.Statement;
}
