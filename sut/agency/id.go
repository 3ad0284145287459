package agency

import (
	"crypto/sha256"
	"encoding/base32"
)

// newID names a thing that the call makes: the prefix, "-X" and 80 bits that follow from operation and key, so a call
// that is run again names the same thing. The X tells it from what stood at the opening.
func (c Call) newID(prefix string) string {
	h := sha256.Sum256([]byte(c.Op + "\x00" + c.Key))
	return prefix + "-X" + base32.StdEncoding.EncodeToString(h[:10])
}
