package vault

import (
	"crypto/hmac"
	"crypto/sha256"
)

// An Index stands in a table in place of a value that must be found and must not be read.
type Index [16]byte

// Index is the blind index of a value in a column: HMAC-SHA-256 over the table, the column and the value, each with
// its length before it, cut to 16 bytes. Two of a billion different values collide with a probability of 10⁻²¹.
// It stays the same through rotations. Values are compared byte for byte: bring "…x" and "…X" to one form before.
func (r *Ring) Index(table, column, value string) (x Index) {
	mac := hmac.New(sha256.New, r.keys.Load().index)
	b := make([]byte, 0, 3*4+len(table)+len(column)+len(value))
	b = appendString(b, table)
	b = appendString(b, column)
	mac.Write(appendString(b, value))
	var sum [sha256.Size]byte
	copy(x[:], mac.Sum(sum[:0]))
	return x
}
