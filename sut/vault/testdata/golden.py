# Reckons the known answers of golden_test.go with Python's hashlib and the cryptography package, from doc.go alone:
#   python3 sut/vault/testdata/golden.py
import hashlib, hmac, json, struct
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def hkdf(secret, purpose):  # RFC 5869, no salt, one block
    prk = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    return hmac.new(prk, purpose + b"\x01", hashlib.sha256).digest()


def counted(s):
    return struct.pack(">I", len(s.encode())) + s.encode()


def canonical(v):
    return json.dumps(v, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


root, seal = bytes(range(32)), bytes(range(64, 96))
index = hkdf(root, b"peakday vault 1 index HMAC-SHA-256")
field = hkdf(seal, b"peakday vault 1 field AES-256-GCM")
signer = Ed25519PrivateKey.from_private_bytes(hkdf(root, b"peakday vault 1 audit Ed25519"))

head = b"\x01" + struct.pack(">I", 3)
nonce = bytes(range(0xA0, 0xAC))
place = counted("person") + counted("name") + counted("7")
print("sealed", (head + nonce + AESGCM(field).encrypt(nonce, "王芳".encode(), head + place)).hex())

value = counted("person") + counted("id_number") + counted("990000199001010012")
print("index ", hmac.new(index, value, hashlib.sha256).digest()[:16].hex())

start = hashlib.sha256(b"peakday audit log\n" + b"3a").digest()
event = canonical(dict(at=1672531200000, actor="clerk-3", role="clerk", op="decideBenefit", subject="BC-7-1",
                       outcome="done", key='k "1"\\', detail="reviewing>approved", txn=12))
link = hashlib.sha256(b"peakday audit 1\n" + start + struct.pack(">q", 1) + event).hexdigest()
print("event ", event.decode())
print("link  ", link)

checkpoint = canonical(dict(at=1672531201000, log="3a", heads=[dict(seq=1, hash=link)]))
print("public", signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex())
print("sig   ", signer.sign(b"peakday checkpoint 1\n" + checkpoint).hex())
