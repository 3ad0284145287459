package agency_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/invariant"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

func TestCertificatesAreVerifiedByAnybody(t *testing.T) {
	a := newAgency(t)
	who := someone(t, a, population.Active)
	answer, _, err := a.IssueCertificate(t.Context(), citizen(who, "certificates.issue", "k"), agency.CertificateRequest{Kind: "contributions"})
	issued := read[agency.Issued](t, answer, err)
	if strings.Contains(string(answer.Body), who.Name) || strings.Contains(string(answer.Body), who.IDNumber) {
		t.Errorf("the stored answer names the person: %s", answer.Body)
	}
	document, err := a.Certificate(t.Context(), citizen(who, "", "").Caller, issued.Code)
	if err != nil || !strings.Contains(string(document), who.IDNumber) {
		t.Fatalf("document %s, %v", document, err)
	}
	if digest := sha256.Sum256(document); hex.EncodeToString(digest[:]) != issued.Digest {
		t.Errorf("digest %s of the document %x", issued.Digest, digest)
	}
	_, err = a.Certificate(t.Context(), citizen(a.People.Person(who.Index+1), "", "").Caller, issued.Code)
	wantCode(t, err, "not-found")
	v, err := a.VerifyCertificate(t.Context(), issued.Code)
	if err != nil || !v.Valid || v.Digest != issued.Digest || v.Kind != "contributions" || v.Subject != string([]rune(who.Name)[0])+"**" {
		t.Errorf("verified %+v, %v", v, err)
	}
	old, err := a.VerifyCertificate(t.Context(), population.CertificateCode(4, 2))
	if err != nil || !old.Valid || old.Subject != "**" {
		t.Errorf("one of before the opening: %+v, %v", old, err)
	}
	for _, code := range []string{"", "CE-X", "CE-999999-1", issued.Code[:len(issued.Code)-1] + "?"} {
		_, err := a.VerifyCertificate(t.Context(), code)
		wantCode(t, err, "not-found")
	}
	employer := as(workflow.Employer, a.People.Employer(who.Employer).ID, "certificates.issue", "e")
	answer, _, err = a.IssueCertificate(t.Context(), employer, agency.CertificateRequest{Kind: "insured"})
	if v, err := a.VerifyCertificate(t.Context(), read[agency.Issued](t, answer, err).Code); err != nil || !v.Valid || v.Subject != employer.Subject {
		t.Errorf("an employer's: %+v, %v", v, err)
	}
	employer.Key = "e2"
	_, _, err = a.IssueCertificate(t.Context(), employer, agency.CertificateRequest{Kind: "contributions"})
	wantCode(t, err, "unknown-kind")
	_, _, err = a.IssueCertificate(t.Context(), citizen(who, "certificates.issue", "p"), agency.CertificateRequest{Kind: "pension"})
	wantCode(t, err, "no-pension")
	wantSound(t, a)
	for _, c := range []struct {
		what  string
		query store.Query
	}{
		{"the digest", "UPDATE certificate SET digest = $2 WHERE code = $1"},
		{"the signature", "UPDATE certificate SET signature = $2 WHERE code = $1"},
		{"the body", "UPDATE certificate SET body = $2 WHERE code = $1"},
	} {
		answer, _, err := a.IssueCertificate(t.Context(), citizen(who, "certificates.issue", c.what), agency.CertificateRequest{Kind: "insured"})
		forged := read[agency.Issued](t, answer, err)
		err = a.Store.Update(t.Context(), func(tx store.Tx) error {
			_, err := tx.Change(c.query, forged.Code, bytes.Repeat([]byte{7}, 64))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if v, err := a.VerifyCertificate(t.Context(), forged.Code); err != nil || v.Valid {
			t.Errorf("with another %s: %+v, %v", c.what, v, err)
		}
	}
	findings, err := invariant.Of(t.Context(), a.Store)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Name == "sealed" && f.Broken != 2 {
			t.Errorf("want a digest of 64 bytes and a body in clear found: %s", f)
		}
	}
}
