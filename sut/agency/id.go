package agency

import (
	"crypto/sha256"
	"encoding/base32"
)

// newID is the id of a thing that a call makes, such as BC-X4KQ…: the prefix, an X that no id of the baseline has there,
// and 80 bits of the hash of operation and idempotency key. The same call makes the same id however often it comes.
func newID(prefix, op, key string) string {
	sum := sha256.Sum256([]byte(op + "\x00" + key))
	return prefix + "-X" + base32.StdEncoding.EncodeToString(sum[:10])
}
