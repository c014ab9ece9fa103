import {
  convertLegacyHttpOptions,
  createOtlpHttpExportDelegate,
} from '@opentelemetry/otlp-exporter-base/node-http';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';

/**
 * Sends requests by OTLP/HTTP to where `OTEL_EXPORTER_OTLP_*` says. It is OpenTelemetry's own exporter, retries and all, for
 * a body that is ready.
 */
export function createSender(): { send(body: Buffer): Promise<void>; close(): Promise<void> } {
  // What OpenTelemetry’s own exporters read the environment with; what replaces it in 2.0 is not there yet.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const options = convertLegacyHttpOptions({}, 'TRACES', 'v1/traces', {
    'Content-Type': 'application/x-protobuf',
  });
  const serializer = {
    serializeRequest: (body: Buffer) => body,
    deserializeResponse: (data: Uint8Array) => ProtobufTraceSerializer.deserializeResponse(data),
  };
  const delegate = createOtlpHttpExportDelegate(
    options,
    serializer,
    'otlp_http_span_exporter',
    // There is no meter to count for.
    { name: 'span', countItems: () => 0 },
    undefined,
  );
  return {
    send: (body) =>
      new Promise((resolve, reject) => {
        delegate.export(body, ({ error }) => {
          if (error === undefined) resolve();
          else reject(error);
        });
      }),
    close: () => delegate.shutdown(),
  };
}
