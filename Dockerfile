# QNT Peer Review: one image for web, workers and beat. It runs without rights and writes to /srv/qnt alone.

FROM node:22-bookworm-slim AS browser-assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --loglevel=error

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN apt-get update -q \
    && apt-get install -q -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.txt ./
RUN pip install --require-hashes --no-deps -r requirements.txt
COPY . .
COPY --from=browser-assets /build/node_modules node_modules
RUN python scripts/prepare_assets.py \
    && rm -rf node_modules \
    && python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf .data \
    && useradd --system --uid 10001 --home-dir /srv/qnt --create-home qnt \
    && mkdir /srv/qnt/media \
    && chown qnt:qnt /srv/qnt/media
USER qnt
EXPOSE 8000
CMD ["gunicorn", "qnt.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--no-control-socket"]
