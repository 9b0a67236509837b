# docker build --build-arg REVISION="$(git rev-parse HEAD)" -t zmq_exporter .
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
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
ARG REVISION=unknown
RUN dotnet publish src/ZmqExporter --configuration Release --no-restore --output published -p:SourceRevisionId=$REVISION

# No shell, no package manager, not root.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
ARG REVISION=unknown
LABEL org.opencontainers.image.title="zmq_exporter" \
      org.opencontainers.image.description="Prometheus exporter that probes ZeroMQ servers" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.vendor="The zmq_exporter authors" \
      org.opencontainers.image.revision="$REVISION"
WORKDIR /app
COPY --from=build /source/published ./
COPY LICENSE THIRD-PARTY-NOTICES.md ./
USER $APP_UID
EXPOSE 19555
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 CMD ["/app/zmq_exporter", "healthcheck"]
# The flags are the command, so that "docker run zmq_exporter check-config FILE" takes their place.
ENTRYPOINT ["/app/zmq_exporter"]
CMD ["--web.listen-address=:19555", "--config.file=/etc/zmq_exporter/zmq_exporter.yml"]
