# Installs the bundle, offline and by its digests, into an image that runs as nobody in particular.
#   make bundle
#   docker build --network=none --build-arg BUNDLE=netintegrity-… -t netintegrity .
# BUNDLE is the name of the folder in dist/. The base must have the Python the bundle is for.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS installed
ARG BUNDLE
ADD dist/${BUNDLE}/${BUNDLE}.tar.gz /bundle/
RUN sh "/bundle/${BUNDLE}/install.sh" /opt/netintegrity

FROM ${BASE}
RUN useradd --system --uid 10001 --user-group --create-home --home-dir /state netintegrity
COPY --from=installed /opt/netintegrity /opt/netintegrity
ENV HOME=/state PYTHONDONTWRITEBYTECODE=1
WORKDIR /state
USER 10001
# Runs with --read-only: it writes to /state and /tmp alone.
ENTRYPOINT ["/opt/netintegrity/bin/netintegrity"]
CMD ["--help"]
