package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

// goldenKeys is root 00…1f, an open key 20…3f and a seal key 40…5f.
const goldenKeys = `# id, 32 secret bytes in base64, state
1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= root
2 ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8= open
3 QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8= seal
`

func goldenRing(t testing.TB) *Ring {
	t.Helper()
	r, err := ReadRing(strings.NewReader(goldenKeys))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The values are the output of testdata/golden.py, which shares no code with the package.
func TestKnownAnswersOfAnotherImplementation(t *testing.T) {
	ring := goldenRing(t)
	same := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", what, got, want)
		}
	}

	sealed, err := ring.Seal(nil, Place{"person", "name", "7"}, []byte("王芳"), bytes.NewReader(unhex(t, "a0a1a2a3a4a5a6a7a8a9aaab")))
	if err != nil {
		t.Fatal(err)
	}
	same("sealed field", hex.EncodeToString(sealed), "0100000003a0a1a2a3a4a5a6a7a8a9aaab8d7cd58b1a5d10cf0caa620bdd1f43be896c641bbd87")

	index := ring.Index("person", "id_number", "990000199001010012")
	same("blind index", hex.EncodeToString(index[:]), "dc2b6a31357c6097d5b690d43749f7cd")

	event := Event{
		At: 1672531200000, Actor: "clerk-3", Role: "clerk", Op: "decideBenefit", Subject: "BC-7-1",
		Outcome: "done", Key: `k "1"\`, Detail: "reviewing>approved", Txn: 12,
	}
	same("canonical event", string(event.AppendJSON(nil)), `{"actor":"clerk-3","at":1672531200000,"detail":"reviewing>approved",`+
		`"key":"k \"1\"\\","op":"decideBenefit","outcome":"done","role":"clerk","subject":"BC-7-1","txn":12}`)
	hash := Link(Start("3a"), 1, event)
	same("chained hash", hash.String(), "00e487542373bacdff7340fafbe5613b25ec84cd9b24c454c88e4423338809bd")

	same("public key", hex.EncodeToString(ring.Signer().Public().(ed25519.PublicKey)), "b266116f21fc9bf34e8d2bd583cb9983d9fd95206338c2eaeef028df48670470")
	line := Checkpoint{Log: "3a", At: 1672531201000, Heads: []Head{{1, hash}}}.AppendLine(nil, ring.Signer())
	same("checkpoint", string(line), `{"at":1672531201000,"heads":[{"hash":"00e487542373bacdff7340fafbe5613b25ec84cd9b24c454c88e4423338809bd","seq":1}],"log":"3a",`+
		`"sig":"4938f9d2a24521a005a63e705cbb04846481f28f058f57c558317320eadaf03902aeaab0e6a63738e07bea6cc95ef27c59f85b32c0eb0679956381bdb56b7e0d"}`+"\n")
}

// The published vectors of what the package is composed of, on the functions it calls and as it calls them.
func TestPublishedVectorsOfThePrimitives(t *testing.T) {
	t.Run("AES-256-GCM, McGrew and Viega, test case 16", func(t *testing.T) {
		block, err := aes.NewCipher(unhex(t, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"))
		if err != nil {
			t.Fatal(err)
		}
		gcm, err := cipher.NewGCM(block)
		if err != nil {
			t.Fatal(err)
		}
		got := gcm.Seal(nil, unhex(t, "cafebabefacedbaddecaf888"),
			unhex(t, "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"),
			unhex(t, "feedfacedeadbeeffeedfacedeadbeefabaddad2"))
		want := unhex(t, "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"+
			"76fc6ece0f4e1768cddf8853bb2d551b")
		if !bytes.Equal(got, want) {
			t.Errorf("got %x, want %x", got, want)
		}
		if gcm.NonceSize() != nonceSize || gcm.Overhead() != tagSize {
			t.Errorf("nonce %d and tag %d, want %d and %d as in the layout", gcm.NonceSize(), gcm.Overhead(), nonceSize, tagSize)
		}
	})
	t.Run("HKDF-SHA-256 without salt and info, RFC 5869, A.3", func(t *testing.T) {
		got, err := hkdf.Key(sha256.New, bytes.Repeat([]byte{0x0b}, 22), nil, "", 42)
		want := unhex(t, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("got %x and %v, want %x", got, err, want)
		}
	})
	t.Run("HMAC-SHA-256 cut to 128 bits, RFC 4231, test case 5", func(t *testing.T) {
		mac := hmac.New(sha256.New, bytes.Repeat([]byte{0x0c}, 20))
		mac.Write([]byte("Test With Truncation"))
		if got, want := mac.Sum(nil)[:16], unhex(t, "a3b6167473100ee06e0c796c2955552b"); !bytes.Equal(got, want) {
			t.Errorf("got %x, want %x", got, want)
		}
	})
	t.Run("Ed25519, RFC 8032, 7.1, test 2", func(t *testing.T) {
		key := ed25519.NewKeyFromSeed(unhex(t, "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
		got := ed25519.Sign(key, []byte{0x72})
		want := unhex(t, "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
		if !bytes.Equal(got, want) {
			t.Errorf("got %x, want %x", got, want)
		}
	})
	t.Run("canonical strings, RFC 8785, 3.2.2.2", func(t *testing.T) {
		got := string(appendQuoted(nil, "€$\u000F\u000aA'\u0042\u0022\u005c\\\"/"))
		if want := `"€$\u000f\nA'B\"\\\\\"/"`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}
