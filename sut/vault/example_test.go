package vault_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/peakday/peakday/sut/vault"
)

func ExampleRing() {
	ring, err := vault.NewRing(rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	wang := vault.Place{Table: "person", Column: "name", Row: "7"}
	sealed, err := ring.Seal(nil, wang, []byte("王芳"), rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	name, err := ring.Open(nil, wang, sealed)
	fmt.Println(string(name), err)

	_, err = ring.Open(nil, vault.Place{Table: "person", Column: "name", Row: "8"}, sealed)
	fmt.Println(errors.Is(err, vault.ErrTampered), err)
	// Output:
	// 王芳 <nil>
	// true person.name of row 8: does not open in this place: it was changed or moved here from elsewhere; restore the row from a backup
}

func ExampleRing_Rotate() {
	ring, err := vault.NewRing(rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	at := vault.Place{Table: "person", Column: "phone", Row: "7"}
	phone, _ := ring.Seal(nil, at, []byte("10000000007"), rand.Reader)

	_, err = ring.Rotate(rand.Reader, func(keyFile []byte) error {
		return nil // write, sync and rename the key file here
	})
	fmt.Println(ring, err)

	phone, changed, err := ring.Reseal(at, phone, rand.Reader)
	fmt.Println(len(phone), changed, err)
	// Output:
	// 3 keys, sealing with key 3 <nil>
	// 44 true <nil>
}

func ExampleVerify() {
	ring, err := vault.NewRing(rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	const name = "3a7f"
	log, head := vault.AppendHeader(nil, name), vault.Start(name)
	for seq, op := range []string{"enrol", "declare", "pay"} {
		r := vault.Record{Seq: int64(seq) + 1, Event: vault.Event{At: 1672531200000, Actor: "E12", Role: "employer", Op: op, Outcome: "done"}}
		r.Hash = vault.Link(head, r.Seq, r.Event)
		log, head = r.AppendLine(log), r.Hash
	}
	anchors := vault.Checkpoint{Log: name, At: 1672531201000, Heads: []vault.Head{{Seq: 3, Hash: head}}}.AppendLine(nil, ring.Signer())

	public := ring.Signer().Public().(ed25519.PublicKey)
	fmt.Println(vault.Verify(bytes.NewReader(log), bytes.NewReader(anchors), public))

	log = bytes.Replace(log, []byte("declare"), []byte("suspend"), 1)
	_, err = vault.Verify(bytes.NewReader(log), bytes.NewReader(anchors), public)
	fmt.Println(err)
	// Output:
	// log "3a7f": 3 events, lanes 1, checkpoints 1; 3 events are vouched for, 0 stand after the last checkpoint <nil>
	// events:3: record 2 of lane 0 is changed: the log goes on from its hash, so its content, or record 1 before it, is not what was hashed: restore it from a copy
}
