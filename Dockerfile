# The command line in a container, run by an ordinary user. docs/installing.md says how to use it.
#
#   docker build -t likeness .
#   docker run --rm -v "$PWD:/files" --user "$(id -u):$(id -g)" likeness models

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Likeness.Cli -c Release -r linux-x64 --self-contained false -p:RunAnalyzers=false -o /opt/likeness

FROM mcr.microsoft.com/dotnet/runtime:10.0
# No other packages: libtorch brings OpenMP, also for LightGBM; nothing needs ICU, and charts carry their font.
COPY --from=build /opt/likeness /opt/likeness
# Downloads go into the mounted folder, where they outlive the container.
ENV LIKENESS_DATA=/data \
    XDG_CACHE_HOME=/files/.cache
WORKDIR /files
RUN chown "$APP_UID" /files
USER $APP_UID
ENTRYPOINT ["dotnet", "/opt/likeness/Likeness.Cli.dll"]
CMD ["--help"]
