import { z } from 'zod';
import { Secret, View } from '../view/view-schema.ts';
import { BLOCKS, HELPERS } from './helpers.ts';

/** Where a piece of a template stands: the schema of `this`, the enclosing ones, and what `if` has established. */
interface Scope {
  readonly schemas: readonly z.ZodType[];
  readonly present: ReadonlySet<string>;
}

type Problem = (node: hbs.AST.Node, text: string) => void;

/**
 * Compares every path of a parsed template with the schema of the view. Handlebars itself renders
 * `{{#if misspelt}}` as false and a missing optional value as nothing; here both are problems, and so is a
 * secret outside the helper `secret`.
 *
 * @returns one sentence per problem, with line and column
 */
export function checkTemplate(program: hbs.AST.Program): readonly string[] {
  const problems: string[] = [];
  const problem: Problem = ({ loc }, text) => {
    problems.push(`${loc.start.line}:${loc.start.column + 1}: ${text}`);
  };
  checkProgram(program, { schemas: [View], present: new Set() }, problem);
  return problems;
}

function checkProgram(program: hbs.AST.Program, scope: Scope, problem: Problem): void {
  for (const statement of program.body) {
    switch (statement.type) {
      case 'ContentStatement':
      case 'CommentStatement':
        break;
      case 'MustacheStatement':
        checkMustache(statement as hbs.AST.MustacheStatement, scope, problem);
        break;
      case 'BlockStatement':
        checkBlock(statement as hbs.AST.BlockStatement, scope, problem);
        break;
      default:
        problem(statement, `${statement.type} is not used in overlays`);
    }
  }
}

function checkMustache(node: hbs.AST.MustacheStatement, scope: Scope, problem: Problem): void {
  if (node.params.length > 0) checkCall(node, scope, problem);
  else checkPrinted(node.path, scope, problem);
}

function checkCall(
  node: hbs.AST.MustacheStatement | hbs.AST.SubExpression,
  scope: Scope,
  problem: Problem,
): void {
  const name = pathText(node.path);
  if (!(name in HELPERS)) problem(node, `there is no helper "${name}"`);
  for (const param of node.params) {
    if (name === 'secret') checkSecret(param, scope, problem);
    else checkPrinted(param, scope, problem);
  }
}

function checkSecret(node: hbs.AST.Expression, scope: Scope, problem: Problem): void {
  const schema = resolve(node, scope, problem);
  if (schema === undefined) return;
  if (unwrap(schema) !== Secret) problem(node, `"${pathText(node)}" is not a secret`);
  requirePresence(node, scope, problem);
}

function checkPrinted(node: hbs.AST.Expression, scope: Scope, problem: Problem): void {
  if (node.type === 'SubExpression') {
    checkCall(node as hbs.AST.SubExpression, scope, problem);
    return;
  }
  const schema = resolve(node, scope, problem);
  if (schema === undefined) return;
  if (unwrap(schema) === Secret) problem(node, `"${pathText(node)}" is a secret: use (secret ...)`);
  if (unwrap(schema) instanceof z.ZodObject) problem(node, `"${pathText(node)}" is not a value`);
  requirePresence(node, scope, problem);
}

/** Every optional step on the way to a value must have been asked for by an enclosing `if`. */
function requirePresence(node: hbs.AST.Expression, scope: Scope, problem: Problem): void {
  for (const step of steps(node as hbs.AST.PathExpression, scope)) {
    if (step.schema instanceof z.ZodOptional && !scope.present.has(step.text)) {
      problem(node, `"${step.text}" may be absent: put it inside {{#if ${step.text}}}`);
    }
  }
}

function checkBlock(node: hbs.AST.BlockStatement, scope: Scope, problem: Problem): void {
  const name = pathText(node.path);
  const [subject] = node.params;
  if (!BLOCKS.has(name) || subject === undefined || node.params.length > 1) {
    problem(node, `a block is one of ${[...BLOCKS].join(', ')} with one path`);
    return;
  }
  const schema = resolve(subject, scope, problem);
  if (schema === undefined) return;
  if (name === 'each' || name === 'with') requirePresence(subject, scope, problem);
  const inner = innerScope(name, subject, schema, scope);
  if (inner === undefined) problem(subject, `"${pathText(subject)}" does not fit {{#${name}}}`);
  else checkProgram(node.program, inner, problem);
  // Handlebars types the absent else branch as present.
  const inverse = node.inverse as hbs.AST.Program | undefined;
  if (inverse !== undefined) checkProgram(inverse, scope, problem);
}

function innerScope(
  block: string,
  subject: hbs.AST.Expression,
  schema: z.ZodType,
  scope: Scope,
): Scope | undefined {
  const bare = unwrap(schema);
  switch (block) {
    case 'if':
      return { ...scope, present: new Set([...scope.present, pathText(subject)]) };
    case 'unless':
      return scope;
    case 'each':
      if (!(bare instanceof z.ZodArray)) return undefined;
      return { schemas: [bare.element as z.ZodType, ...scope.schemas], present: rootOnly(scope) };
    default:
      if (!(bare instanceof z.ZodObject)) return undefined;
      return { schemas: [bare, ...scope.schemas], present: rootOnly(scope) };
  }
}

/** Inside each and with, a relative path means something else; one from @root still means the same. */
function rootOnly(scope: Scope): ReadonlySet<string> {
  return new Set([...scope.present].filter((path) => path.startsWith('@root.')));
}

/** The schema of a path, or nothing after reporting that there is none. Literals need no check. */
function resolve(node: hbs.AST.Expression, scope: Scope, problem: Problem): z.ZodType | undefined {
  if (node.type !== 'PathExpression') {
    if (!node.type.endsWith('Literal')) problem(node, `${node.type} is not allowed here`);
    return undefined;
  }
  const schema = steps(node as hbs.AST.PathExpression, scope).at(-1)?.schema;
  if (schema === undefined) problem(node, `the view has no "${pathText(node)}"`);
  return schema;
}

interface Step {
  /** The path up to here, as a template would write it. */
  readonly text: string;
  readonly schema: z.ZodType | undefined;
}

/** From the start of a path to its end, part by part: `@root`, `@root.stats`, `@root.stats.auth`. */
function steps(path: hbs.AST.PathExpression, scope: Scope): readonly Step[] {
  const isRoot = path.data && path.parts[0] === 'root';
  const start = isRoot ? scope.schemas.at(-1) : path.data ? undefined : scope.schemas[path.depth];
  const prefix = isRoot ? '@root.' : '../'.repeat(path.depth);
  const parts = isRoot ? path.parts.slice(1) : path.parts;
  const found: Step[] = [{ text: prefix, schema: start && unwrap(start) }];
  for (const [index, part] of parts.entries()) {
    const text = prefix + parts.slice(0, index + 1).join('.');
    found.push({ text, schema: member(found.at(-1)?.schema, part) });
  }
  return found;
}

function member(schema: z.ZodType | undefined, name: string): z.ZodType | undefined {
  const bare = schema === undefined ? undefined : unwrap(schema);
  if (!(bare instanceof z.ZodObject)) return undefined;
  const shape = bare.shape as Readonly<Record<string, z.ZodType>>;
  return Object.hasOwn(shape, name) ? shape[name] : undefined;
}

function unwrap(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
}

function pathText(node: hbs.AST.Node): string {
  return node.type === 'PathExpression' ? (node as hbs.AST.PathExpression).original : node.type;
}
