import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';

/** The sampler that `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` name; `parentbased_always_on` where they name none. */
export function samplerOf(env: NodeJS.ProcessEnv): Sampler {
  const [, parentBased, name] = /^(parentbased_)?(.*)$/.exec(env['OTEL_TRACES_SAMPLER'] ?? '') ?? [];
  const root = rootSampler(name, env['OTEL_TRACES_SAMPLER_ARG']);
  if (root === undefined) return new ParentBasedSampler({ root: new AlwaysOnSampler() });
  return parentBased === undefined ? root : new ParentBasedSampler({ root });
}

function rootSampler(name: string | undefined, argument: string | undefined): Sampler | undefined {
  if (name === 'always_on') return new AlwaysOnSampler();
  if (name === 'always_off') return new AlwaysOffSampler();
  if (name !== 'traceidratio') return undefined;
  const ratio = Number(argument || 1);
  return new TraceIdRatioBasedSampler(ratio >= 0 && ratio <= 1 ? ratio : 1);
}
