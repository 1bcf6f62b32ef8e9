# The second judge: a line {"token": …, "key": …} in, a line {"accepts": …, "because": …} out.

import json
import sys

from jwcrypto import jwk, jws

ALGORITHMS = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
    "HS256", "HS384", "HS512",
]


def judge(token, key):
    """As its documentation has it: the key that is known, the algorithms that are allowed, the token."""
    parsed = jws.JWS()
    parsed.allowed_algs = ALGORITHMS
    parsed.deserialize(token)
    parsed.verify(jwk.JWK(**key))


for line in sys.stdin:
    case = json.loads(line)
    try:
        judge(case["token"], case["key"])
        answer = {"accepts": True}
    except Exception as error:  # Every refusal is one, whatever its class.
        answer = {"accepts": False, "because": type(error).__name__}
    print(json.dumps(answer))
