package invariant

import (
	"bytes"
	"crypto/sha256"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// sealed looks at the form of what is kept sealed, without a key. Of certificates it wants a digest of the length of one,
// and other than zeros; body and digest are held against the signature whenever one is verified.
func sealed(p *pass, f *Finding) {
	field := func(b []byte, table, column string) {
		if !vault.Sealed(b) {
			f.violate("a row of %s has a %s that is not sealed", table, column)
		}
	}
	p.persons.each(func(r *store.Person) {
		f.Checked++
		field(r.IDNo, "person", "id_no")
		field(r.Name, "person", "name")
		field(r.Phone, "person", "phone")
		field(r.Bank, "person", "bank")
	})
	p.jobs.each(func(r *store.Job) {
		f.Checked++
		field(r.Request, "job", "request")
	})
	p.feedback.each(func(r *store.Feedback) {
		f.Checked++
		field(r.Text, "feedback", "text")
	})
	p.files.each(func(r *store.BankFileChunk) {
		f.Checked++
		field(r.Lines, "bank_file", "lines")
	})
	p.certificates.each(func(r *store.Certificate) {
		f.Checked++
		field(r.Body, "certificate", "body")
		switch {
		case len(r.Digest) != sha256.Size:
			f.violate("a certificate issued on %d has a digest of %d bytes, want %d", r.Issued, len(r.Digest), sha256.Size)
		case len(bytes.Trim(r.Digest, "\x00")) == 0:
			f.violate("a certificate issued on %d has a digest of zeros, which is of no document", r.Issued)
		}
	})
}
