"""Which modules well-known distributions bring, where the two names differ; facts, for want of an installed copy.

A distribution that is not here may bring modules of any name: see `plausible`.
"""

from __future__ import annotations

from functools import cache

_DIFFERENT = """
absl-py absl
accessible-pygments a11y_pygments
antlr4-python3-runtime antlr4
apache-airflow airflow
apache-superset superset
argon2-cffi argon2
attrs attr attrs
azure-functions azure
backports-zoneinfo backports
beautifulsoup4 bs4
biopython Bio BioSQL
black black blackd blib2to3
cattrs cattr cattrs
cx-oracle cx_Oracle
cython Cython cython pyximport
databricks-sql-connector databricks
django-allauth allauth
django-cors-headers corsheaders
django-crispy-forms crispy_forms
django-csp csp
django-debug-toolbar debug_toolbar
django-environ environ
django-filter django_filters
django-guardian guardian
django-health-check health_check
django-import-export import_export
django-model-utils model_utils
django-modeltranslation modeltranslation
django-money djmoney
django-mptt mptt
django-ninja ninja
django-oauth-toolkit oauth2_provider
django-phonenumber-field phonenumber_field
django-picklefield picklefield
django-polymorphic polymorphic
django-rest-auth rest_auth
django-rest-knox knox
django-rest-swagger rest_framework_swagger
django-reversion reversion
django-silk silk
django-simple-history simple_history
django-storages storages
django-taggit taggit
django-timezone-field timezone_field
django-treebeard treebeard
django-waffle waffle
django-webpack-loader webpack_loader
django-widget-tweaks widget_tweaks
djangorestframework rest_framework
djangorestframework-simplejwt rest_framework_simplejwt
dnspython dns
docker-py docker
drf-nested-routers rest_framework_nested
elastic-apm elasticapm
faiss-cpu faiss
faiss-gpu faiss
fonttools fontTools
future future past
gdal osgeo osgeo_utils
gitpython git gitdb
google-api-python-client googleapiclient apiclient
google-auth google
google-genai google
google-generativeai google
googleapis-common-protos google
graphql-core graphql
grpcio grpc
grpcio-health-checking grpc_health
grpcio-reflection grpc_reflection
grpcio-status grpc_status
grpcio-tools grpc_tools
hydra-core hydra
imbalanced-learn imblearn
import-linter importlinter
ipython IPython
jaraco-text jaraco
jupyter-core jupyter_core jupyter
kafka-python kafka
kafka-python-ng kafka
lark-parser lark
launchdarkly-server-sdk ldclient
levenshtein Levenshtein
linkify-it-py linkify_it
markdown-it-py markdown_it
matplotlib matplotlib mpl_toolkits pylab
msgpack-python msgpack
mypy mypy mypyc
mysql-connector-python mysql
mysql-python MySQLdb
mysqlclient MySQLdb
netcdf4 netCDF4
nvidia-ml-py pynvml
nvidia-ml-py3 pynvml
odfpy odf
openai-whisper whisper
opencv-contrib-python cv2
opencv-contrib-python-headless cv2
opencv-python cv2
opencv-python-headless cv2
opensearch-py opensearchpy
paho-mqtt paho
pdfminer-six pdfminer
pillow PIL
pip-tools piptools
poetry-core poetry
polars-lts-cpu polars
protobuf google
psycopg2-binary psycopg2
py-cpuinfo cpuinfo
pycairo cairo
pycrypto Crypto
pycryptodome Crypto
pycryptodomex Cryptodome
pygithub github
pygobject gi
pyhamcrest hamcrest
pyicu icu
pyinstaller PyInstaller
pyjwt jwt
pykerberos kerberos
pymongo pymongo bson gridfs
pymupdf fitz pymupdf
pynacl nacl
pyopengl OpenGL
pyopenssl OpenSSL
pypdf2 PyPDF2
pyqt5 PyQt5
pyqt6 PyQt6
pyserial serial
pyside2 PySide2
pyside6 PySide6
pyside6-essentials PySide6
pysmb smb nmb
pysocks socks sockshandler
pytest pytest _pytest py
python-arango arango
python-barcode barcode
python-bidi bidi
python-box box
python-can can
python-consul consul
python-crontab crontab crontabs
python-daemon daemon
python-dateutil dateutil
python-decouple decouple
python-docx docx
python-dotenv dotenv
python-engineio engineio
python-escpos escpos
python-frontmatter frontmatter
python-gitlab gitlab
python-gnupg gnupg
python-hcl2 hcl2
python-jenkins jenkins
python-jose jose
python-json-logger pythonjsonlogger
python-keycloak keycloak
python-keystoneclient keystoneclient
python-ldap ldap ldapurl ldif slapdtest
python-levenshtein Levenshtein
python-logstash logstash
python-lsp-server pylsp
python-magic magic
python-memcached memcache
python-multipart multipart python_multipart
python-nmap nmap
python-novaclient novaclient
python-pptx pptx
python-slugify slugify
python-snappy snappy
python-socketio socketio
python-stdnum stdnum
python-telegram-bot telegram
python-toml toml
python-tsp tsp
python-ulid ulid
python-vlc vlc
python-xlib Xlib
pywavelets pywt
pywin32 win32api win32con win32gui win32com win32file win32service win32event win32process pythoncom pywintypes
pyxdg xdg
pyyaml yaml
pyzmq zmq
rpds-py rpds
requirements-parser requirements
rpi-gpio RPi
ruamel-yaml ruamel
scikit-image skimage
scikit-learn sklearn
scikit-learn-extra sklearn_extra
scikit-optimize skopt
scikit-video skvideo
segment-analytics-python segment
setuptools setuptools pkg_resources
slack-sdk slack_sdk slack
slackclient slack
snowflake-connector-python snowflake
snowflake-snowpark-python snowflake
snowflake-sqlalchemy snowflake
suds-community suds
suds-jurko suds
tensorflow-cpu tensorflow
tensorflow-gpu tensorflow
torch torch torchgen functorch
tortoise-orm tortoise
umap-learn umap
unittest-xml-reporting xmlrunner
uwsgi uwsgi uwsgidecorators
vtk vtk vtkmodules
weaviate-client weaviate
websocket-client websocket
wxpython wx
zope-interface zope
"""
_SAME = """
aiobotocore aiocache aiofiles aiohttp aiomysql aiopg aioredis aiosignal aiosqlite alembic altair amqp annotated-types
anthropic anyio apache-beam appdirs apscheduler argcomplete arrow asgiref astor astroid astropy asttokens asyncpg
asyncssh authlib auto-gptq autobahn awscli babel backoff bandit bcrypt bleach blinker bokeh boltons boto boto3
botocore bottle brotli build cachetools cairocffi cbor2 celery certifi cffi cfgv chardet charset-normalizer cheroot
cherrypy chromadb circuitbreaker clang cleo click click-plugins cloudpickle cloudscraper cmarkgfm colorama coloredlogs
colorlog commonmark confluent-kafka construct contourpy cookiecutter copier coverage croniter cryptography cssselect
cssutils curl-cffi cycler dacite dask dask-kubernetes dataclasses-json datadog datamodel-code-generator datasets
dateparser decorator deepdiff deepmerge defusedxml deprecated deprecation deptry diskcache distlib distro django
django-countries django-extensions django-otp django-redis docker docopt docstring-parser docutils drf-yasg duckdb
dulwich ecdsa einops elasticsearch elasticsearch-dsl email-validator emoji environs et-xmlfile evaluate eventlet
exceptiongroup exchangelib execnet executing fabric faker falcon fastapi fastavro fastjsonschema fastparquet
feedparser filelock fiona fire flake8 flask flask-caching flask-cors flask-jwt-extended flask-limiter flask-login
flask-mail flask-migrate flask-restful flask-session flask-sqlalchemy flask-wtf flax freezegun frozenlist fsspec funcy
furl fuzzywuzzy gcsfs gensim geopandas geopy gevent gitdb google-auth-httplib2 google-auth-oauthlib gradio
graphene-django greenlet griffe grimp gspread gunicorn h11 h2 h5py holidays html2text html5lib httpcore httplib2
httptools httpx huggingface-hub humanfriendly humanize hypercorn hypothesis ibm-db icalendar identify idna imageio
importlib-metadata importlib-resources inflect inflection iniconfig inquirer invoke isodate isort itsdangerous jax
jedi jeepney jinja2 jmespath joblib joserfc jproperties jsonpatch jsonpath-ng jsonpointer jsonref jsonschema
jupyterlab keras keyring kombu kubernetes langchain langchain-community langchain-core langchain-openai langgraph lark
lazy-object-proxy ldap3 libcst lightgbm line-profiler litellm llvmlite locust loguru lxml lz4 mako markdown markupsafe
marshmallow maxminddb mccabe mdit-py-plugins mistune mkdocs mkdocstrings ml-dtypes mlflow mock more-itertools moto
motor mpmath msal msgpack msgspec multidict mypy-extensions myst-parser nameparser natsort nbconvert nbformat neo4j
nest-asyncio netaddr netifaces networkx newrelic nibabel nltk nodeenv notebook nox numba numexpr numpy oauth2client
oauthlib omegaconf onnx onnxruntime openai openpyxl oracledb orjson orm oscrypto packaging pandas pandera
parameterized paramiko parse parsimonious parso passlib pastel pathspec patsy peewee peft pendulum pexpect
phonenumbers pika pip pkginfo platformdirs playwright plotly pluggy plumbum ply poetry polars pooch portalocker
pre-commit pretty-errors prettytable prometheus-client prompt-toolkit psutil psycopg psycopg2 ptyprocess publicsuffix2
publicsuffixlist pure-eval pyaml pyarrow pyasn1 pyasn1-modules pybind11 pycodestyle pycountry pycparser pycurl
pydantic pydantic-core pydantic-settings pydash pydot pydub pyee pyfakefs pyfiglet pyflakes pygame pygls pygments
pylint pymemcache pymysql pyodbc pyparsing pypdf pyperclip pyperf pyproj pyproject-hooks pyqtgraph pyrsistent pysftp
pyspark pystray pytesseract pytest-asyncio pytest-mock python-http-client pytorch-lightning pytz pyudev pyvis
pywinauto pyzipper qdrant-client questionary rapidfuzz rasterio ratelimit rdflib readchar redis regex reportlab
requests requests-cache requests-mock requests-oauthlib requests-toolbelt responses retry retrying rfc3339-validator
rich rich-argparse rich-click rope rq rsa rtoml ruff s3fs s3transfer safetensors sanic scapy schedule schema
scipy scrapy seaborn selenium semver sendgrid sentence-transformers sentencepiece sentry-sdk shap shapely shellingham
shtab simplejson singledispatch six skyfield smbus2 sniffio snowballstemmer sortedcontainers soupsieve spacy sphinx
sphinx-rtd-theme sqlalchemy sqlalchemy-utils sqlglot sqlite-utils sqlmodel sqlparse sse-starlette sshtunnel stack-data
starlette statsmodels stevedore streamlit stringcase stripe structlog sympy tables tabulate tenacity tensorboard
tensorboardx tensorflow tensorflow-hub termcolor texttable textual tf-keras thinc threadpoolctl tifffile tiktoken
tinycss2 tinydb tokenizers toml tomli tomli-w tomlkit toolz torchaudio torchvision tornado tox tqdm traitlets
transformers tree-sitter tree-sitter-bash tree-sitter-containerfile tree-sitter-languages tree-sitter-toml trio trl
trove-classifiers twilio twisted typeguard typer typing-extensions typing-inspect typing-inspection tzdata tzlocal
ujson unidecode unidiff uritemplate urllib3 urwid uvicorn uvloop validators vine virtualenv voluptuous waitress wand
wandb warcio watchdog watchfiles wcwidth weasel weasyprint webcolors webencodings websockets werkzeug wheel whitenoise
win32-setctime wrapt wsproto wtforms xarray xgboost xlrd xlsxwriter xlwt xmltodict xxhash yapf yarl yfinance
youtube-dl yt-dlp zarr zeep zeroconf zipp zstandard
"""
_NAMESPACES = {
    "google": "google",
    "googleapis": "google",
    "grpc-google": "google",
    "azure": "azure",
    "backports": "backports",
    "jaraco": "jaraco",
    "opentelemetry": "opentelemetry",
    "ruamel": "ruamel",
    "sphinxcontrib": "sphinxcontrib",
    "zope": "zope",
    "plone": "plone",
    "collective": "collective",
    "products": "Products",
    "odoo-addon": "odoo",
    "apache-airflow-providers": "airflow",
    "keyrings": "keyrings",
    "dagster-cloud": "dagster_cloud",
    "mypy-boto3": "mypy_boto3",
    "winrt": "winrt",
    "flufl": "flufl",
    "lazr": "lazr",
    "repoze": "repoze",
    "ansible-collections": "ansible_collections",
    "snowflake": "snowflake",
    "aws-cdk": "aws_cdk",
}
"""What begins so may bring a part of one module that many share."""
NOT_IMPORTED = (
    # stubs, for type checkers alone
    "types-*",
    "*-stubs",
    "*-stubs-*",
    "mypy-boto3*",
    "boto3-stubs*",
    # found by entry point or by name
    "pytest-*",
    "flake8-*",
    "pylint-*",
    "mkdocs-*",
    "*-plugin",
    "*-plugins",
    "*-plugin-*",
    "sphinxcontrib-*",
    "keyrings-*",
    "poetry-plugin-*",
    "tox-*",
    "nox-*",
    "apache-airflow-providers-*",
    "jupyterlab-*",
    "opentelemetry-instrumentation*",
    "opentelemetry-exporter*",
    "opentelemetry-distro",
    # servers and commands
    "daphne",
    "gunicorn",
    "hypercorn",
    "supervisor",
    "uvicorn",
    "uwsgi",
    "waitress",
    "granian",
    "honcho",
    "flower",
    "awscli",
    "yt-dlp",
    "jupyter",
    "jupyterlab",
    "notebook",
    "ipykernel",
    # drivers and engines that another library chooses by name
    "adlfs",
    "aiomysql",
    "aiopg",
    "aiosqlite",
    "asyncmy",
    "asyncpg",
    "cx-oracle",
    "fastparquet",
    "gcsfs",
    "mysqlclient",
    "mysql-connector-python",
    "numexpr",
    "openpyxl",
    "oracledb",
    "pg8000",
    "psycopg",
    "psycopg2",
    "psycopg2-binary",
    "psycopg-binary",
    "psycopg-c",
    "psycopg-pool",
    "pyarrow",
    "pymysql",
    "pymssql",
    "pyodbc",
    "s3fs",
    "snowflake-sqlalchemy",
    "sqlalchemy-*",
    "tables",
    "xlrd",
    "xlsxwriter",
    "lxml",
    "html5lib",
    # what another library takes up when it is there
    "argon2-cffi",
    "bcrypt",
    "brotli",
    "brotlipy",
    "cchardet",
    "aiodns",
    "email-validator",
    "greenlet",
    "h2",
    "hiredis",
    "httptools",
    "itsdangerous",
    "pysocks",
    "python-multipart",
    "tzdata",
    "uvloop",
    "watchfiles",
    "whitenoise",
    "accelerate",
    "sentencepiece",
    "tabulate",
    "winloop",
    # parts of other distributions
    "pip",
    "setuptools",
    "wheel",
    "nvidia-*",
    "*-binary",
    "*-bin",
    "*-headless",
    "importlib-metadata",
    "pyside6-*",
    "pyqt5-*",
    "pyqt6-*",
)
"""Distributions (patterns of names) that do their work without being imported by those who need them."""


@cache
def _known() -> dict[str, tuple[str, ...]]:
    names = (line.split() for line in _DIFFERENT.split("\n") if line)
    known = {name: tuple(modules) for name, *modules in names}
    return known | {name: (name.replace("-", "_"),) for name in _SAME.split()}


@cache
def _modules() -> frozenset[str]:
    return frozenset(module for modules in _known().values() for module in modules) | frozenset(_NAMESPACES.values())


def known_modules(distribution: str) -> tuple[str, ...] | None:
    """The top-level modules of *distribution* (a normalised name); ``None`` for one that is not known."""
    return _known().get(distribution)


def providers(module: str) -> tuple[str, ...]:
    """The well-known distributions that bring *module*, normalised; none where it is no well-known module."""
    return tuple(name for name, modules in _known().items() if module in modules)


def is_known_module(module: str) -> bool:
    """Whether *module* is one of a well-known distribution."""
    return module in _modules()


@cache
def plausible(distribution: str) -> frozenset[str]:
    """The modules that *distribution* (a normalised name) would bring by the usual ways of naming, in lower case."""
    name = distribution.replace("-", "_")
    found = {name, distribution.replace("-", "")}
    for affix in ("python_", "py", "django_", "python3_", "lib"):
        if name.startswith(affix):
            found.add(name.removeprefix(affix).strip("_"))
    for affix in ("_python", "_py", "py", "_client", "_sdk", "_core", "_api", "_python3", "_ng", "_lib", "_sdk_python"):
        if name.endswith(affix):
            found.add(name.removesuffix(affix).strip("_"))
    for prefix, module in _NAMESPACES.items():
        if distribution.startswith(f"{prefix}-"):
            found.add(module.lower())
    found.discard("")
    return frozenset(found)


def brings(distribution: str, module: str) -> bool:
    """Whether *distribution* (a normalised name) brings *module*, as far as names tell."""
    known = known_modules(distribution)
    if module.lower() in plausible(distribution) or (known is not None and module in known):
        return True
    # `hikaru-model-28` brings `hikaru`; but `requests` is not what `requests-oauthlib` brings.
    return known is None and module.lower() == distribution.partition("-")[0] and not is_known_module(module)
