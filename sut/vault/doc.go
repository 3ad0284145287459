// Package vault keeps what a social-insurance service must not lose or leak: personal fields, sealed so that they open
// only in their own place, a blind index to find a person by ID number, and an audit log that shows every later change.
//
// # Fields
//
// A [Ring] holds the keys. Each field is sealed for one [Place] and opens nowhere else:
//
//	ring, err := vault.ReadRing(keyFile) // or NewRing, the first time
//	at := vault.Place{Table: "person", Column: "name", Row: "7"}
//	sealed, err := ring.Seal(nil, at, []byte("王芳"), rand.Reader)
//	name, err := ring.Open(nil, at, sealed)
//
// A sealed field is, in bytes, 33 longer than what it holds:
//
//	1 version (1) ‖ 4 key id, big endian ‖ 12 nonce ‖ ciphertext ‖ 16 tag
//
// Version 1 is AES-256-GCM (NIST SP 800-38D). Its additional data are the version, the key id, the table, the column
// and the row, the last three with their lengths before them, so that no two places give the same bytes. A sealed
// field moved to another row or column is refused like one with a flipped bit.
//
// The key file holds master keys. What encrypts is derived from them by HKDF-SHA-256 (RFC 5869), one key a purpose.
// Nonces are random, so one key seals at most 2³² fields (SP 800-38D, section 8.3); rotate before.
//
// # Rotation
//
// [Ring.Rotate] adds a key and seals with it from then on; fields under older keys still open. A job then walks the
// table and writes back what [Ring.Reseal] changed. When it has seen every row, the old key's line may be deleted from
// the key file. Readers are never stopped: a Ring swaps one unchanging set of keys for the next.
//
// # Blind index
//
// [Ring.Index] maps equal values of one column to equal bytes, so that a sealed ID number can be found and kept unique.
// It leaks equality: who reads the table sees which rows hold the same value, and nothing else without the key. Who has
// the key can try all ID numbers there are (about 10¹¹), so the key is as secret as the others. Index only columns
// whose values are many: on sex or status the mere counts tell the value.
//
// # Audit log
//
// An [Event] says who did what to whom, when, and how it ended, in ids and codes only. Events stand in lanes, one for
// each connection that writes; in lane l they are numbered l·10¹² + 1, 2, 3, … and each has the hash of [Link], which
// covers the event, its number and the hash before it. About each second a [Checkpoint] of all lanes is signed
// (Ed25519) and appended to an anchor file that is kept elsewhere. [Verify] reads the exported log and the anchors
// and names the first record that was changed, lost, added or moved.
//
// Two things it cannot see: records cut off after the last checkpoint, whose number at risk the [Summary] tells, and a
// forger who holds the signing key. Keep the anchors where those who keep the log cannot write.
//
// # Why derived keys, not wrapped ones
//
// An envelope of wrapped data keys needs a key service and a row for each data key. Derivation gives the separation
// of purposes from one small file, and rotation works the same. A service that keeps its keys in a hardware module
// would change our mind.
//
// # Why a chain, not a Merkle tree
//
// A tree proves that one event is in the log without showing the others. Our auditor reads the whole log, and a chain
// is one hash an event. Who must prove single events to outsiders wants a tree of the same event bytes.
//
// # Other ciphers
//
// The version byte names the cipher. SM4-GCM and SM3 could stand behind version 2 with the same layout, and Reseal
// would move fields over while the service runs. It is not built: no maintained Go library offers them.
//
// The package computes only: it reads no clock and no files. Randomness comes in as an io.Reader, which outside tests
// is crypto/rand.Reader: a seeded one that starts over repeats its nonces, and two fields under one nonce betray each other.
package vault
