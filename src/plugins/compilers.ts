import ajvCompiler from '@fastify/ajv-compiler';
import serializerCompiler from '@fastify/fast-json-stringify-compiler';
import type { FastifyServerOptions } from 'fastify';

type Compilers = Required<
  NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>
>;

/** Validators and serializers that are compiled when they are first used, and what compiles the validators before. */
export interface LazyCompilers {
  schemaController: { compilersFactory: Compilers };
  /** Compiles the next validator; false when there is none left. */
  warmOne: () => boolean;
}

/**
 * Fastify compiles every schema of every answer before it listens, most of which are never used: a third of the start and
 * 20 MB. Here a schema is compiled by the first request that needs it. Header schemas must be written in lower case, as
 * Fastify leaves them to a compiler of one's own.
 */
export function lazyCompilers(): LazyCompilers {
  const buildValidator = ajvCompiler();
  const buildSerializer = serializerCompiler();
  const cold = new Set<() => unknown>();
  return {
    schemaController: {
      compilersFactory: {
        buildValidator: ((schemas, options) => {
          const compiler = once(() => buildValidator(schemas, options));
          return (route) => {
            const compiled = once(() => known(validators, route, () => compiler()(route)));
            const compileNow = () => cold.delete(compileNow) && compiled();
            cold.add(compileNow);
            // Fastify reads the mistakes from the function that it has called.
            const validate = Object.assign(
              (data: unknown): unknown => {
                cold.delete(compileNow);
                const real = compiled();
                const valid: unknown = real(data);
                validate.errors = real.errors;
                return valid;
              },
              { errors: undefined as Validator['errors'] },
            );
            return validate as Validator;
          };
        }) as typeof buildValidator,
        buildSerializer(schemas, options) {
          const compiler = once(() => buildSerializer(schemas, options));
          return (route) => {
            const compiled = once(() => known(serializers, route, () => compiler()(route)));
            return (data: unknown) => compiled()(data);
          };
        },
      },
    },
    warmOne() {
      const [next] = cold;
      next?.();
      return cold.size > 0;
    },
  };
}

type Validator = ReturnType<ReturnType<ReturnType<typeof ajvCompiler>>>;
type Serializer = ReturnType<ReturnType<ReturnType<typeof serializerCompiler>>>;

/** By schema: a process that starts the service more than once, as tests do, compiles each once. */
const validators = new WeakMap<object, Validator>();
const serializers = new WeakMap<object, Serializer>();

function known<T>(compiled: WeakMap<object, T>, route: unknown, compile: () => T): T {
  const { schema } = route as { schema: unknown };
  if (typeof schema !== 'object' || schema === null) return compile();
  const found = compiled.get(schema) ?? compile();
  compiled.set(schema, found);
  return found;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
