import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import {
  convertLegacyHttpOptions,
  createOtlpHttpExportDelegate,
} from '@opentelemetry/otlp-exporter-base/node-http';
import { JsonTraceSerializer, TraceExporterMetricsHelper } from '@opentelemetry/otlp-transformer';
import { attributesJson, type Source, type ToldSpan } from './span.ts';

/**
 * Sends spans by OTLP/HTTP to where `OTEL_EXPORTER_OTLP_*` says. It is OpenTelemetry's own exporter but for the text: a
 * span's JSON is put together from parts that were made once, in place of objects that `JSON.stringify` walks.
 */
export function createExporter(source: Source): OTLPExporterBase<ToldSpan[]> {
  // What OpenTelemetry’s own exporters read the environment with; what replaces it in 2.0 is not there yet.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const options = convertLegacyHttpOptions({}, 'TRACES', 'v1/traces', { 'Content-Type': 'application/json' });
  const serializer = {
    serializeRequest: (spans: ToldSpan[]) => Buffer.from(requestJson(source, spans)),
    deserializeResponse: (data: Uint8Array) => JsonTraceSerializer.deserializeResponse(data),
  };
  return new OTLPExporterBase(
    createOtlpHttpExportDelegate(
      options,
      serializer,
      'otlp_http_span_exporter',
      TraceExporterMetricsHelper,
      undefined,
    ),
  );
}

/** OTLP's `ExportTraceServiceRequest`. */
export function requestJson({ resource, scope }: Source, spans: ToldSpan[]): string {
  const from = `{"resource":{"attributes":[${attributesJson(resource.attributes)}]}`;
  const list = spans.map(({ json }) => json).join(',');
  return `{"resourceSpans":[${from},"scopeSpans":[{"scope":${JSON.stringify(scope)},"spans":[${list}]}]}]}`;
}
