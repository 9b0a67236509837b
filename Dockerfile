# docker build --build-arg REVISION="$(git rev-parse HEAD)" -t zmq_exporter .
# For several architectures, each on a builder of its own kind: docker buildx build --platform linux/amd64,linux/arm64 …
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble-aot@sha256:1a069a730888d278b5ac00e3e238707387d20d2b65f0fc6866b6180df0a767e0 AS build
WORKDIR /source

# What the restore reads comes first: its layer is built again only when a package changes.
# global.json stays out, because the image brings the SDK and the file would pin another patch of it.
COPY Directory.Build.props Directory.Build.targets Directory.Packages.props ./
COPY src/Zmtp/Zmtp.csproj src/Zmtp/packages.lock.json src/Zmtp/
COPY src/ZmqExporter/ZmqExporter.csproj src/ZmqExporter/packages.lock.json src/ZmqExporter/
RUN dotnet restore src/ZmqExporter --locked-mode

COPY .editorconfig BannedSymbols.txt ./
COPY src/ src/
COPY docs/ docs/
COPY alerts/ alerts/
COPY dashboards/ dashboards/
ARG TARGETARCH
ARG REVISION=unknown
RUN dotnet publish src/ZmqExporter --configuration Release --arch "$TARGETARCH" --output published -p:SourceRevisionId="$REVISION" -p:RunAnalyzers=false -p:CppCompilerAndLinker=clang -p:PublishAot=true -p:RestoreLockedMode=true

# No .NET, no shell, no package manager, not root.
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled@sha256:18d4848091a40d13dbfdd6a8340c1657dc3e2f2d7fa2f042e9d162e68669dbc9
ARG REVISION=unknown
ARG VERSION=unknown
LABEL org.opencontainers.image.title="zmq_exporter" \
      org.opencontainers.image.description="Prometheus exporter that probes ZeroMQ servers" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.vendor="The zmq_exporter authors" \
      org.opencontainers.image.base.name="mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
WORKDIR /app
COPY --from=build /source/published/zmq_exporter ./
COPY LICENSE THIRD-PARTY-NOTICES.md ./
COPY licenses/ licenses/
# The root may be read-only: .NET would make a socket for its diagnostics in /tmp.
ENV DOTNET_EnableDiagnostics=0
USER $APP_UID
EXPOSE 19555
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 CMD ["/app/zmq_exporter", "healthcheck"]
# The flags are the command, so that "docker run zmq_exporter check-config FILE" takes their place.
ENTRYPOINT ["/app/zmq_exporter"]
CMD ["--web.listen-address=:19555", "--config.file=/etc/zmq_exporter/zmq_exporter.yml"]
