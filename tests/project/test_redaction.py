"""Secrets in URLs: none may be shown, and nothing else may be hidden."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sphinx_poetry_ext.project.redaction import has_credentials, redact


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://joe:s3cret@s.example/simple/", "https://***@s.example/simple/"),
        ("https://s3cret@s.example/simple/", "https://***@s.example/simple/"),
        ("https://:s3cret@s.example/", "https://***@s.example/"),
        ("https://joe:@s.example/", "https://***@s.example/"),
        ("https://joe:s3@cret@s.example/", "https://***@s.example/"),
        ("https://joe:s3/cret@s.example/", "https://***@s.example/"),
        ("https://joe:s3?cret@s.example/", "https://***@s.example/"),
        ("https://joe:s3#cret@s.example/", "https://***@s.example/"),
        ("https://joe:12/34@s.example/", "https://***@s.example/"),
        ("https://joe%40corp.example:s3cret@s.example/", "https://***@s.example/"),
        ("https://oauth2:s3cret@s.example:8443/x.git@v1", "https://***@s.example:8443/x.git@v1"),
        ("https://joe:s3cret@[::1]:8443/x", "https://***@[::1]:8443/x"),
        ("HTTPS://joe:s3cret@S.example", "HTTPS://***@S.example"),
        ("git+https://joe:s3cret@s.example/x.git", "git+https://***@s.example/x.git"),
        ("git+ssh://joe:s3cret@s.example/x.git", "git+ssh://***@s.example/x.git"),
        ("ssh://git:s3cret@s.example/x.git", "ssh://***@s.example/x.git"),
        ("svn+http://joe:s3cret@s.example/x", "svn+http://***@s.example/x"),
        ("ftp://joe:s3cret@s.example/x", "ftp://***@s.example/x"),
        ("redis://:s3cret@cache", "redis://***@cache"),
        ("k @ https://joe:s3cret@s.example/k ; extra == 'x'", "k @ https://***@s.example/k ; extra == 'x'"),
        ("url = \"https://joe:it's3cret@s.example/\" # joe@s", "url = \"https://***@s.example/\" # joe@s"),
        ("https://joe:s3'cre\"t@s.example/", "https://***@s.example/"),
        ("https://joe:s3@cr/et@s.example/x@v1", "https://***@s.example/x@v1"),
        ("https://joe:s3/cret@localhost/x@v1", "https://***@localhost/x@v1"),
        ("https://joe:s3/cret@127.0.0.1/x@v1", "https://***@127.0.0.1/x@v1"),
        ("https://joe:s3cret@shop/x@v1", "https://***@shop/x@v1"),
        ("https://joe:s3/cret@s.example", "https://***@s.example"),
        ("(https://joe:s3/cret@s.example).", "(https://***@s.example)."),
        ("<https://joe:s3cret@s.example/>, 'https://s3cret@t.example'", "<https://***@s.example/>, 'https://***@t.example'"),
        ("https://s.example/?token=s3cret", "https://s.example/?token=***"),
        ("https://s.example/?a=1&access_token=s3cret&b=2", "https://s.example/?a=1&access_token=***&b=2"),
        ("https://s.example/?X-Amz-Signature=s3cret#x", "https://s.example/?X-Amz-Signature=***#x"),
        ("https://s.example/?private_token=s3cret", "https://s.example/?private_token=***"),
        ("https://s.example/?API_KEY=s3cret", "https://s.example/?API_KEY=***"),
        ("https://s.example/#access_token=s3cret", "https://s.example/#access_token=***"),
        ("https://joe:s3cret@a.example https://joe:s3cret@b.example", "https://***@a.example https://***@b.example"),
    ],
)  # fmt: skip
def test_a_secret_is_hidden(text: str, shown: str) -> None:
    assert redact(text) == shown
    assert redact(shown) == shown
    assert has_credentials(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://s.example/simple/",
        "https://s.example:8443/simple/",
        "https://s.example/@scope/x",
        "https://s.example/x.git@v1",
        "https://s.example:8443/x.git@v1",
        "git+https://s.example/x.git@feature/y#egg=x",
        "git+ssh://git@s.example/x.git@v1",
        "git+ssh://git@s.example:group/x.git@v1",
        "ssh://git@s.example:8022/x.git",
        "ssh://deploy@s.example/x.git",
        "git@s.example:group/x.git",
        "https://git@s.example/x.git",
        "kettle @ https://s.example/k.zip",
        "kettle@https://s.example/k.zip",
        "file:///srv/a@b/c",
        "Joe Doe <joe@corp.example>",
        "joe@corp.example, https://s.example",
        "mailto:joe@corp.example",
        "https://s.example/?tokenize=1&q=password",
        "https://s.example/docs#tokens",
        "see https://s.example/x and joe@corp.example",
        "https://[::1]:8443/x@v1",
        "https://***@s.example/",
        ">=1.0,<2.0 || ~=3.1",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text
    assert not has_credentials(text)


_SECRET = st.text(string.ascii_letters + string.digits + "-._~%!$&()*+,;=:@/?#[]é|^`{}\\'\"<>", max_size=10)
_USER = st.text(string.ascii_letters + string.digits + "-._~%!$&()*+,;=@é", max_size=6)
_AROUND = st.text(string.ascii_letters + " \n,;@:/.=()#&", max_size=12)


@settings(max_examples=2000)
@given(
    _AROUND,
    st.sampled_from(["http", "https", "git+https", "ftp", "postgres", "git+ssh"]),
    _USER,
    _SECRET,
    st.sampled_from(["s.example", "s.example:8443", "shop:80", "localhost", "127.0.0.1", "[::1]"]),
    st.sampled_from(["", "/", "/simple/", "/x.git@v1", "/x.git@v1#egg=x", "?a=b@c"]),
    _AROUND,
)
@example("", "https", "joe", "12/x", "s.example", "", "")
@example("", "https", "git", "s3cret", "s.example", "", "")
@example("", "https", "joe", "8443/", "s.example", "", "")
def test_no_user_and_password_survive(
    before: str, scheme: str, user: str, secret: str, host: str, path: str, behind: str
) -> None:
    shown = redact(f"{before} {scheme}://USER{user}:S3CRET{secret}S3CRET@{host}{path} {behind}")
    assert "S3CRET" not in shown
    assert "USER" not in shown
    assert host in shown


@settings(max_examples=500)
@given(
    _AROUND, st.sampled_from(["?", "&", "?a=b&"]), st.sampled_from(["token", "api_key", "X-Goog-Signature"]), _AROUND
)
def test_no_token_of_a_query_survives(before: str, mark: str, key: str, behind: str) -> None:
    assert "S3CRET" not in redact(f"{before} https://s.example/x{mark}{key}=S3CRET {behind}")


@given(_AROUND)
def test_hiding_twice_hides_no_more(text: str) -> None:
    once = redact(f"https://{text}@x {text}")
    assert redact(once) == once
