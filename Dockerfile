# docker build --build-arg VERSION=$(npm pkg get version | tr -d '"') --build-arg REVISION=$(git rev-parse HEAD) .
# The release workflow names the base by its digest: --build-arg BASE=node:26-slim@sha256:...
ARG BASE=node:26-slim

FROM ${BASE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts/build.ts scripts/
COPY docs/operations.md docs/
COPY src src
RUN node scripts/build.ts

FROM ${BASE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${BASE}
ARG VERSION=0.0.0-local
ARG REVISION=unknown
LABEL org.opencontainers.image.title="cxone-date-service" \
      org.opencontainers.image.description="A REST facade over NICE CXone data actions: dates done right, written once, accounted for." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
# For the command line (audit:verify, keys, webhooks:dead ...), which runs the sources.
COPY src src
COPY --from=build /app/dist dist
# The embedded ledger is the only thing that is written; mount a volume here to keep it.
RUN mkdir data && chown node:node data
USER node
EXPOSE 3000
VOLUME /app/data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["node", "dist/healthcheck.js"]
# No npm and no shell in between, so that SIGTERM reaches the service itself. It takes up to 30 s to stop with the defaults
# (docs/operations.md): docker stop --time 35.
# A heap that is collected sooner costs no throughput and saves 100 MB under load (docs/performance.md).
CMD ["node", "--max-semi-space-size=8", "--heap-growing-percent=60", "dist/server.js"]
