package agency

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

// A CertificateRequest is the body of certificates.issue. Citizens have certificates about themselves of all kinds, employers
// about themselves of the kind insured.
type CertificateRequest struct {
	Kind string `json:"kind"` // one of CertificateKinds
}

// CertificateKinds are what a certificate can state.
func CertificateKinds() []string { return []string{"insured", "contributions", "pension"} }

// An Issued is the answer of certificates.issue. The document is read by its code: answers are kept, and are not sealed.
type Issued struct {
	Code      string     `json:"code"`
	Kind      string     `json:"kind"`
	Issued    rules.Date `json:"issued"`
	Digest    string     `json:"digest"`    // SHA-256 of the document, hex
	Signature string     `json:"signature"` // Ed25519 over certificateContext and the digest, hex
	Proof
}

// A Document is what a certificate states. Its bytes are what the digest covers.
type Document struct {
	Code    string            `json:"code"`
	Kind    string            `json:"kind"`
	Issued  rules.Date        `json:"issued"`
	Subject string            `json:"subject"` // P00000123 or E000123
	Name    string            `json:"name,omitempty"`
	IDNo    string            `json:"id_no,omitempty"`
	Credit  string            `json:"credit_code,omitempty"` // of an employer
	Staff   int               `json:"staff,omitempty"`       // of an employer, on the opening day
	Region  string            `json:"region"`
	Schemes map[string]string `json:"schemes,omitempty"` // insured: where the person stands in each
	Months  int               `json:"months_paid,omitempty"`
	Paid    []PaidMonth       `json:"contributions,omitempty"` // the newest ten years
	Pension ledger.Fen        `json:"pension_fen,omitempty"`   // a month
	Since   rules.Month       `json:"pension_since,omitzero"`
}

// A Verified is the answer of certificates.verify.
type Verified struct {
	Code      string     `json:"code"`
	Kind      string     `json:"kind"`
	Issued    rules.Date `json:"issued"`
	Subject   string     `json:"subject"` // masked
	Digest    string     `json:"digest,omitempty"`
	Signature string     `json:"signature,omitempty"`
	Valid     bool       `json:"valid"` // it was issued here, and what is kept of it is unchanged
}

const (
	certificateContext = "peakday certificate 1\x00"
	certificateMonths  = 120
)

// IssueCertificate makes a certificate about the caller, once per key. Its verify code is 130 bits of chance, which nobody
// guesses.
func (a *Agency) IssueCertificate(ctx context.Context, c Call, r CertificateRequest) (store.Answer, bool, error) {
	code, err := a.verifyCode()
	if err != nil {
		return store.Answer{}, false, err
	}
	d := Document{Code: code, Kind: r.Kind, Issued: rules.Date(c.Date())}
	if err := a.Store.View(ctx, func(v store.View) error { return a.certify(v, c.Caller, &d) }); err != nil {
		return store.Answer{}, false, err
	}
	text, err := json.Marshal(d)
	if err != nil {
		return store.Answer{}, false, err
	}
	digest := sha256.Sum256(text)
	row := store.Certificate{
		Code: code, Kind: d.Kind, Subject: c.Caller.String(), Issued: int64(d.Issued), Digest: digest[:],
		Signature: ed25519.Sign(a.Vault.Signer(), append([]byte(certificateContext), digest[:]...)),
	}
	if row.Body, err = a.Vault.Seal(nil, bodyOf(code), text, a.Random); err != nil {
		return store.Answer{}, false, err
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		ch.about = "certificate of " + row.Subject
		if err := ch.Add(&row); err != nil {
			return 0, nil, err
		}
		if err := ch.Count("certificates-by-kind", row.Kind, 1, 0); err != nil {
			return 0, nil, err
		}
		return created, Issued{
			Code: code, Kind: d.Kind, Issued: d.Issued, Digest: hex.EncodeToString(row.Digest), Signature: hex.EncodeToString(row.Signature), Proof: ch.proof(),
		}, nil
	})
}

func (a *Agency) verifyCode() (string, error) {
	var b [17]byte
	if _, err := io.ReadFull(a.Random, b[:]); err != nil {
		return "", fmt.Errorf("drawing a verify code: %w", err)
	}
	return "CE-X" + base32.StdEncoding.EncodeToString(b[:])[:26], nil
}

func bodyOf(code string) vault.Place {
	return vault.Place{Table: "certificate", Column: "body", Row: code}
}

// certify fills in what the document states.
func (a *Agency) certify(v store.View, c Caller, d *Document) error {
	if c.Role == workflow.Employer {
		return a.certifyEmployer(c, d)
	}
	who, err := a.self(c)
	if err != nil {
		return err
	}
	d.Subject, d.Name, d.IDNo, d.Region = who.ID, who.Name, who.IDNumber, who.Region
	switch d.Kind {
	case "insured":
		d.Schemes = make(map[string]string)
		for _, scheme := range Schemes() {
			state, err := standing(v, who, scheme)
			if err != nil {
				return err
			}
			d.Schemes[scheme] = string(state)
		}
		d.Months, err = paidMonths(v, who)
		return err
	case "contributions":
		page, err := a.months(v, who, 0, lastMonth, certificateMonths)
		if err != nil {
			return err
		}
		d.Paid = page.Items
		d.Months, err = paidMonths(v, who)
		return err
	case "pension":
		return a.certifyPension(v, who, d)
	}
	return refuse(Malformed, "unknown-kind", "kind %q: want one of %s", d.Kind, strings.Join(CertificateKinds(), ", "))
}

func (a *Agency) certifyEmployer(c Caller, d *Document) error {
	i, found := a.People.EmployerByID(c.Subject)
	if !found {
		return refuse(Forbidden, "unknown-subject", "the token is of no employer here")
	}
	if d.Kind != "insured" {
		return refuse(Malformed, "unknown-kind", "kind %q: an employer's certificate is of the kind insured", d.Kind)
	}
	d.Subject, d.Credit, d.Staff, d.Region = c.Subject, a.People.CreditCode(i), a.People.Employer(i).Size, population.DefaultRegion
	return nil
}

func (a *Agency) certifyPension(v store.View, who population.Person, d *Document) error {
	drawn, err := store.List[store.Entitlement](v, store.EntitlementIn, who.Index, "pension")
	if err != nil {
		return err
	}
	if len(drawn) > 0 {
		d.Pension, d.Since = drawn[0].Amount, rules.Month(drawn[0].Since)
		return nil
	}
	before, found := a.People.EntitlementOf(who)
	if !found {
		return refuse(Unprocessable, "no-pension", "no pension is drawn: want one granted first")
	}
	d.Pension, d.Since = ledger.Fen(before.Monthly), before.From
	return nil
}

// VerifyCertificate tells anybody who was shown a certificate whether it was issued here. Of one that was issued before the
// opening day, whose code can be guessed, it tells no more than that.
func (a *Agency) VerifyCertificate(ctx context.Context, code string) (Verified, error) {
	row := store.Certificate{Code: code}
	var found bool
	err := a.Store.View(ctx, func(v store.View) (err error) {
		found, err = v.Get(&row)
		return err
	})
	if err != nil {
		return Verified{}, err
	}
	if !found {
		old, stood := a.People.Certificate(code)
		if !stood {
			return Verified{}, hidden("certificate")
		}
		return Verified{Code: code, Kind: old.Kind, Issued: old.Issued, Subject: masked, Valid: true}, nil
	}
	public := a.Vault.Signer().Public().(ed25519.PublicKey)
	answer := Verified{
		Code: code, Kind: row.Kind, Issued: rules.Date(row.Issued), Digest: hex.EncodeToString(row.Digest), Signature: hex.EncodeToString(row.Signature),
	}
	d, _, err := a.document(row)
	if err != nil {
		return answer, nil // it does not open: not valid
	}
	answer.Subject = d.Subject // an employer is no secret
	if d.Name != "" {
		_, size := utf8.DecodeRuneInString(d.Name)
		answer.Subject = d.Name[:size] + masked
	}
	answer.Valid = ed25519.Verify(public, append([]byte(certificateContext), row.Digest...), row.Signature)
	return answer, nil
}

const masked = "**"

// Certificate is the document of a certificate as it was signed, byte for byte, for whom it is about.
func (a *Agency) Certificate(ctx context.Context, c Caller, code string) (json.RawMessage, error) {
	row := store.Certificate{Code: code}
	err := a.Store.View(ctx, func(v store.View) error {
		found, err := v.Get(&row)
		if err == nil && (!found || row.Subject != c.String()) {
			err = hidden("certificate")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	_, text, err := a.document(row)
	return text, err
}

// document opens a certificate and checks it against its digest.
func (a *Agency) document(row store.Certificate) (d Document, text []byte, err error) {
	if text, err = a.Vault.Open(nil, bodyOf(row.Code), row.Body); err != nil {
		return d, nil, err
	}
	if digest := sha256.Sum256(text); string(digest[:]) != string(row.Digest) {
		return d, nil, fmt.Errorf("certificate %s: the document has digest %x, want %x; restore the row from a backup", strings.ToUpper(row.Code), digest, row.Digest)
	}
	return d, text, json.Unmarshal(text, &d)
}
