# One image, five processes: what it runs is the service's command in docker-compose.yml.
FROM python:3.13-slim AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/base.txt

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/var/lib/relish
# glibc keeps some 30 MB of what each thread has freed, unless it is told not to.
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
RUN useradd --system --uid 10001 --home-dir /var/lib/relish --create-home relish
COPY --from=packages /opt/venv /opt/venv
COPY . /srv/relish
WORKDIR /srv/relish
# The pages' files and the Korean catalogue are made once, here; no secret is needed for it and none is kept.
RUN python -m babel.messages.frontend compile --directory locale --domain django \
 && SECRET_KEY=build VAULT_KEYS=build DATABASE_URL=postgres://build@build/build REDIS_URL=redis://build ALLOWED_HOSTS=build \
    python manage.py collectstatic --noinput \
 && python -m compileall -q webmail accounts mailbox
USER relish
EXPOSE 8000
