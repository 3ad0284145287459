package httpapi

import "github.com/peakday/peakday/sut/agency"

// documented tells of each operation what the table of routes does not.
func documented() map[string]doc {
	cursor := param{"cursor", "next_cursor of the page before", false}
	return map[string]doc{
		"sessions.create": {says: "Open a session of a citizen.", in: agency.Login{}, status: 201, out: session{}, also: []int{401}},
		"account.get":     {says: "Balances and status of the caller.", out: agency.Account{}},
		"contributions.list": {says: "Paid months of the caller, newest first.", out: agency.Contributions{},
			query: []param{{"from", "the oldest month wanted, 2022-01", false}, cursor}},

		"claims.preview": {says: "Divide a bill and change nothing.", in: agency.Bill{}, optional: billOptional(), out: agency.Split{}},
		"claims.settle":  {says: "Divide a bill and post it.", in: agency.Bill{}, optional: billOptional(), status: 201, out: agency.Settlement{}},
		"claims.get":     {says: "What stands of a visit of one's own.", out: agency.ClaimRecord{}},
		"claims.reverse": {says: "Take a settled visit back.", out: agency.Reversed{}},

		"eligibility.get": {says: "Whether and how a patient is insured.", out: agency.Eligibility{}, also: []int{404, 422},
			query: []param{{"id_no", "the patient's identity number, or", false}, {"code_token", "the code that the patient shows", false}, {"date", "of the visit, 2023-01-01; none: today", false}}},

		"payments.get":           {says: "What became of one's own payment, by the bank's number.", out: agency.PaymentRecord{}},
		"payments.resolve":       {says: "Say what money in suspense was for. The id is that of the payment, its slash escaped: B01%2F4711.", in: agency.Resolution{}, out: agency.Received{}},
		"payments.reverse":       {says: "Take a payment back. The id is that of the payment, its slash escaped: B01%2F4711.", out: agency.Received{}},
		"reconciliations.create": {says: "Compare one's file of a day with what stands here: NDJSON or CSV, at most 10,000 lines and 8 MiB.", file: files(), status: 201, out: agency.Reconciled{}},

		"declarations.submit": {says: "Declare a month: NDJSON or CSV, at most 50,000 lines and 8 MiB.", file: files(), status: 201, out: agency.Declared{},
			query: []param{{"mode", "partial: leave out wrong lines; none: all or nothing", false}}},
		"declarations.get":   {says: "Where a declaration stands.", out: agency.DeclarationRecord{}},
		"declarations.lines": {says: "The lines of a declaration.", out: lines{}, query: []param{cursor}},
		"assessments.create": {says: "Assess at 110 % whoever declared nothing for a month.", in: month{}, out: agency.AssessedMonth{}},
		"arrears.charge":     {says: "Let lapse what was not paid in time, and charge late fees.", out: agency.Lapsed{}},

		"enrolments.create":  {says: "Enrol a person.", in: agency.Enrolment{}, status: 201, out: agency.Enrolled{}},
		"enrolments.suspend": {says: "Suspend a person's employment. The id is P00000123.", out: agency.Enrolled{}},
		"enrolments.resume":  {says: "Take an employment up again. The id is P00000123.", out: agency.Enrolled{}},

		"statistics.report": {says: "Running totals. Cells of fewer than five are suppressed.", out: agency.Statistics{}, query: []param{cursor}},
		"jobs.get":          {says: "What became of one's own job.", out: agency.Job{}},
		"jobs.retry":        {says: "Queue a failed job again.", status: 202, out: agency.Queued{}},

		"persons.update": {says: "Change how a person is reached and paid. The id is me or P00000123.", in: agency.Patch{}, out: agency.Updated{}, also: []int{412}},

		"benefits.apply":     {says: "Apply for a benefit.", in: agency.Application{}, status: 201, out: agency.Filed{}},
		"benefits.get":       {says: "Where a case stands.", out: agency.Case{}},
		"benefits.documents": {says: "Bring documents that a case waits for.", in: agency.Documents{}, out: agency.Filed{}},
		"benefits.decide":    {says: "Take a case one step on: review, need_docs, approve, reject. Who reviews does not decide.", in: agency.Decision{}, out: agency.Decided{}},

		"benefits.suspend":     {says: "Stop the payouts of a benefit for a time.", in: agency.Ending{}, out: agency.Ended{}},
		"benefits.resume":      {says: "Go on with a suspended benefit.", in: agency.Ending{}, out: agency.Ended{}},
		"benefits.stop":        {says: "End a benefit after its last month.", in: agency.Ending{}, out: agency.Ended{}},
		"deaths.report":        {says: "End everything of a person who died.", in: agency.Death{}, out: agency.Ended{}, also: []int{404}},
		"overpayments.recover": {says: "Book what a person paid back.", in: agency.Recovery{}, status: 201, out: agency.Recovered{}, also: []int{404}},

		"payouts.plan":     {says: "Plan the batch of a kind, region and period.", in: agency.Pay{}, out: agency.PaidOut{}},
		"payouts.get":      {says: "Where a batch stands.", out: agency.Payout{}},
		"payouts.lock":     {says: "Fix what a batch pays: by somebody else than who planned it.", out: agency.PaidOut{}},
		"payouts.send":     {says: "Post that the money has left; the bank then fetches the file.", out: agency.PaidOut{}},
		"payouts.file":     {says: "The file of a batch as it was sent, for its bank.", text: "text/csv"},
		"payouts.receipts": {says: "The bank's receipts, all of them or a part.", file: []string{"text/csv"}, out: agency.Receipts{}},
		"payouts.close":    {says: "End a batch whose items, postings and receipts agree.", out: agency.PaidOut{}},

		"interest.credit": {says: "Credit a year's interest to the pension accounts of a region.", in: agency.YearOf{}, out: agency.Credited{}},

		"certificates.issue":    {says: "A signed certificate about the caller.", in: agency.CertificateRequest{}, status: 201, out: agency.Issued{}},
		"certificates.verify":   {says: "Whether a certificate was issued here.", out: agency.Verified{}},
		"certificates.document": {says: "The document that the signature covers, byte for byte, for whom it is about.", out: agency.Document{}},

		"outlets.near": {says: "Outlets near a point, the nearest first.", out: agency.Outlets{},
			query: []param{{"near", "latitude,longitude in degrees", true}, {"service", "one of the twelve", false}, {"open", "true: only those open now", false}, {"limit", "1 to 100; none: 10", false}}},
		"feedback.create": {says: "Tell what one thinks of the service.", in: agency.Opinion{}, status: 201, out: agency.Thanks{}},

		"payments.push": {says: "Report money that was received.", in: agency.Push{}, status: 201, out: agency.Received{}},

		"transfers.create":   {says: "Take one's pension to another region.", in: agency.Move{}, status: 201, out: agency.Moved{}},
		"transfers.get":      {says: "Where a transfer stands, and its money.", out: agency.Moving{}},
		"transfers.advance":  {says: "Take a transfer one hop on.", out: agency.Moved{}},
		"transfers.withdraw": {says: "Stay, as long as no funds were sent.", in: agency.Withdrawal{}, out: agency.Moved{}},
		"transfers.return":   {says: "Send the funds of a transfer back.", in: agency.Withdrawal{}, out: agency.Moved{}},
		"clocks.list": {says: "Statutory clocks of open cases (benefit) or transfers (transfer) that are due.", out: agency.Clocks{},
			query: []param{{"by", "the last day, 2023-01-31; none: today", false}, cursor}},

		"pension.estimate": {says: "Estimate a pension from facts alone.", in: agency.Facts{}, out: agency.Estimate{},
			optional: []string{"deemed_months", "before98_months", "base_fen", "account_fen"}},

		"policies.search": {says: "Find policies by words and day.", out: agency.Policies{},
			query: []param{{"q", "words that must all be there", false}, {"as_of", "a day on which it is in force, 2023-01-01", false}}},

		"codes.issue":  {says: "A short-lived code that stands for the caller.", in: agency.CodeRequest{}, out: agency.Code{}},
		"codes.verify": {says: "Whose code it is.", in: shownCode{}, out: agency.CodeHolder{}},
	}
}

func files() []string { return []string{"application/x-ndjson", "text/csv"} }

func billOptional() []string { return []string{"tier", "code_token", "id_no"} }
