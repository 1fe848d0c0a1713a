# The command line in a container, run by an ordinary user. docs/installing.md says how to use it.
#
#   docker build -t likeness .
#   docker run --rm -v "$PWD:/work" --user "$(id -u):$(id -g)" likeness models

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Likeness.Cli -c Release -r linux-x64 --self-contained false -p:RunAnalyzers=false -o /opt/likeness

FROM mcr.microsoft.com/dotnet/runtime:10.0
# LightGBM, which judges synthetic tables, takes OpenMP from the system; libtorch brings its own. Nothing needs ICU, and charts carry their font.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/likeness /opt/likeness
# Downloads go into the mounted folder, where they outlive the container.
ENV LIKENESS_DATA=/data \
    XDG_CACHE_HOME=/work/.cache
WORKDIR /work
RUN chown "$APP_UID" /work
USER $APP_UID
ENTRYPOINT ["dotnet", "/opt/likeness/Likeness.Cli.dll"]
CMD ["--help"]
