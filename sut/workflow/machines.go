package workflow

// Machines lists all machines in the order of this file.
func Machines() []Machine {
	return []Machine{
		Enrolment(), Declaration(), Payment(), Claim(), Benefit(), PayoutItem(), PayoutBatch(), Transfer(), Job(),
	}
}

// Enrolment is a person in one scheme of one region. Who comes back after a transfer gets a new enrolment.
func Enrolment() Machine {
	return Machine{"enrolment", "none", []Edge{
		{Verb: "enrol", From: "none", To: "pending", Roles: Citizen | Employer | Clerk},
		{Verb: "confirm", From: "pending", To: "active", Roles: Clerk | System},
		{Verb: "refuse", From: "pending", To: "none", Roles: Clerk | System},
		{Verb: "suspend", From: "active", To: "suspended", Roles: Citizen | Employer | Clerk},
		{Verb: "resume", From: "suspended", To: "active", Roles: Citizen | Employer | Clerk},
		{Verb: "retire", From: "active", To: "retired", Roles: Clerk | System, Guard: "the pension is granted"},
		{Verb: "retire", From: "suspended", To: "retired", Roles: Clerk | System, Guard: "the pension is granted"},
		{Verb: "transfer out", From: "active", To: "transferred_out", Roles: System, Guard: "the transfer is closed"},
		{Verb: "transfer out", From: "suspended", To: "transferred_out", Roles: System, Guard: "the transfer is closed"},
		{Verb: "report death", From: "active", To: "deceased", Roles: Employer | Clerk | System},
		{Verb: "report death", From: "suspended", To: "deceased", Roles: Employer | Clerk | System},
		{Verb: "report death", From: "retired", To: "deceased", Roles: Clerk | System},
	}}
}

// Declaration is what an employer declares for one month. A month nobody declares goes from draft to overdue and is
// assessed at 110 % of the last one (Social Insurance Law, article 62); it is settled when the employer declares after all.
func Declaration() Machine {
	return Machine{"declaration", "draft", []Edge{
		{Verb: "submit", From: "draft", To: "submitted", Roles: Employer | Clerk},
		{Verb: "miss", From: "draft", To: "overdue", Roles: System, Guard: "the month's deadline has passed"},
		{Verb: "validate", From: "submitted", To: "validated", Roles: System},
		{Verb: "reject", From: "submitted", To: "rejected", Roles: System | Clerk},
		{Verb: "resubmit", From: "rejected", To: "submitted", Roles: Employer | Clerk, Guard: "a new version"},
		{Verb: "miss", From: "rejected", To: "overdue", Roles: System, Guard: "the month's deadline has passed"},
		{Verb: "assess", From: "validated", To: "assessed", Roles: System},
		{Verb: "pay", From: "assessed", To: "paid", Roles: System, Guard: "payments cover the assessed amount"},
		{Verb: "lapse", From: "assessed", To: "overdue", Roles: System, Guard: "the day of payment has passed"},
		{Verb: "pay late", From: "overdue", To: "paid", Roles: System, Guard: "assessed amount and late fee are covered"},
		{Verb: "default", From: "overdue", To: "defaulted110", Roles: System | Clerk},
		{Verb: "settle", From: "defaulted110", To: "settled", Roles: Clerk | System, Guard: "declared after all, and covered"},
	}}
}

// Payment is money that a bank reports.
func Payment() Machine {
	return Machine{"payment", "received", []Edge{
		{Verb: "match", From: "received", To: "matched", Roles: System},
		{Verb: "match a part", From: "received", To: "partial", Roles: System},
		{Verb: "hold", From: "received", To: "suspense", Roles: System},
		{Verb: "match the rest", From: "partial", To: "matched", Roles: Clerk | System},
		{Verb: "identify", From: "suspense", To: "matched", Roles: Clerk | System},
		{Verb: "post", From: "matched", To: "posted", Roles: System},
		{Verb: "post", From: "partial", To: "posted", Roles: System},
		{Verb: "post", From: "suspense", To: "posted", Roles: System},
		{Verb: "reverse", From: "posted", To: "reversed", Roles: Bank | Clerk, Guard: "the posting is negated exactly"},
		{Verb: "send back", From: "suspense", To: "reversed", Roles: Clerk, Guard: "the posting is negated exactly"},
	}}
}

// Claim is one visit to a hospital.
func Claim() Machine {
	return Machine{"claim", "previewed", []Edge{
		{Verb: "settle", From: "previewed", To: "settled", Roles: Hospital},
		{Verb: "reverse", From: "settled", To: "reversed", Roles: Hospital | Clerk, Guard: "the posting is negated exactly"},
		{Verb: "close", From: "settled", To: "closed_in_recon", Roles: System, Guard: "the hospital's file of the day has it too"},
		{Verb: "close", From: "reversed", To: "closed_in_recon", Roles: System, Guard: "the hospital's file of the day has both"},
	}}
}

// Benefit is an application and the benefit that comes of it. Whoever took the case into review does not decide it: high
// risks are approved by grades (Regulations on Social Insurance Handling, article 37).
func Benefit() Machine {
	return Machine{"benefit", "applied", []Edge{
		{Verb: "accept", From: "applied", To: "accepted", Roles: Clerk | System},
		{Verb: "review", From: "accepted", To: "reviewing", Roles: Clerk},
		{Verb: "ask for documents", From: "reviewing", To: "need_docs", Roles: Clerk | Reviewer},
		{Verb: "bring documents", From: "need_docs", To: "reviewing", Roles: Citizen | Employer | Clerk},
		{Verb: "approve", From: "reviewing", To: "approved", Roles: Clerk | Reviewer, FourEyes: true},
		{Verb: "reject", From: "reviewing", To: "rejected", Roles: Clerk | Reviewer, FourEyes: true},
		{Verb: "give up waiting", From: "need_docs", To: "rejected", Roles: Clerk | System},
		{Verb: "entitle", From: "approved", To: "entitled", Roles: System},
		{Verb: "pay", From: "entitled", To: "paying", Roles: System, Guard: "the first payout is locked"},
		{Verb: "suspend", From: "paying", To: "suspended", Roles: Clerk | System},
		{Verb: "resume", From: "suspended", To: "paying", Roles: Clerk},
		{Verb: "stop", From: "entitled", To: "stopped", Roles: Clerk | System},
		{Verb: "stop", From: "paying", To: "stopped", Roles: Clerk | System},
		{Verb: "stop", From: "suspended", To: "stopped", Roles: Clerk | System},
	}}
}

// PayoutItem is one entitlement's payout for one period. There is one for the pair, so what the bank returns is sent
// again as the same item in a later batch.
func PayoutItem() Machine {
	return Machine{"payout item", "planned", []Edge{
		{Verb: "lock", From: "planned", To: "locked", Roles: System},
		{Verb: "drop", From: "planned", To: "cancelled", Roles: System, Guard: "the benefit was stopped"},
		{Verb: "send", From: "locked", To: "sent", Roles: System},
		{Verb: "confirm", From: "sent", To: "paid", Roles: Bank | System},
		{Verb: "return", From: "sent", To: "returned", Roles: Bank | System},
		{Verb: "requeue", From: "returned", To: "requeued", Roles: System},
		{Verb: "lock", From: "requeued", To: "locked", Roles: System, Guard: "in a later batch"},
		{Verb: "reconcile", From: "paid", To: "reconciled", Roles: System, Guard: "the batch closes"},
		{Verb: "reconcile", From: "requeued", To: "reconciled", Roles: System, Guard: "the money is back and no longer owed"},
	}}
}

// PayoutBatch is the payout of one period.
func PayoutBatch() Machine {
	return Machine{"payout batch", "planned", []Edge{
		{Verb: "lock", From: "planned", To: "locked", Roles: Reviewer | System, FourEyes: true},
		{Verb: "send", From: "locked", To: "sent", Roles: Clerk | System},
		{Verb: "close", From: "sent", To: "closed", Roles: Clerk | System, Guard: "items, ledger and the bank's receipt file give the same sums"},
	}}
}

// Transfer takes a person's months and money to another region. It is a saga: every state before the end has a
// compensation. Until funds are sent the money never left and the relation is opened again at once; after that it comes
// back first. Money is in exactly one place:
//
//	requested, certificate, accepted           in the old region's pool and account
//	info_sent                                  in transit, still in the old region
//	funds_sent                                 in transit between the banks
//	funds_matched                              in transit, in the new region
//	credited, closed                           in the new region's pool and account
//	funds_returned                             in transit, back in the old region
//	reopened                                   in the old region's pool and account
func Transfer() Machine {
	return Machine{"transfer", "requested", []Edge{
		{Verb: "certify", From: "requested", To: "certificate", Roles: Clerk | System},
		{Verb: "accept", From: "certificate", To: "accepted", Roles: Clerk | System},
		{Verb: "send information", From: "accepted", To: "info_sent", Roles: Clerk | System},
		{Verb: "send funds", From: "info_sent", To: "funds_sent", Roles: System},
		{Verb: "match funds", From: "funds_sent", To: "funds_matched", Roles: Bank | System},
		{Verb: "credit", From: "funds_matched", To: "credited", Roles: System, Guard: "months and money equal what was sent"},
		{Verb: "close", From: "credited", To: "closed", Roles: System},
		{Verb: "withdraw", From: "requested", To: "reopened", Roles: Citizen | Clerk | System, Compensation: true},
		{Verb: "withdraw", From: "certificate", To: "reopened", Roles: Citizen | Clerk | System, Compensation: true},
		{Verb: "decline", From: "accepted", To: "reopened", Roles: Clerk | System, Compensation: true},
		{Verb: "recall", From: "info_sent", To: "reopened", Roles: Clerk | System, Compensation: true},
		{Verb: "return funds", From: "funds_sent", To: "funds_returned", Roles: Bank | System, Compensation: true},
		{Verb: "return funds", From: "funds_matched", To: "funds_returned", Roles: Clerk | System, Compensation: true},
		{Verb: "take back", From: "credited", To: "funds_returned", Roles: Clerk | System, Compensation: true},
		{Verb: "reopen", From: "funds_returned", To: "reopened", Roles: System, Compensation: true, Guard: "what came back equals what was sent"},
	}}
}

// Job is work that outlives its request, behind GET /v1/jobs/{id}.
func Job() Machine {
	return Machine{"job", "queued", []Edge{
		{Verb: "start", From: "queued", To: "running", Roles: System},
		{Verb: "finish", From: "running", To: "done", Roles: System},
		{Verb: "fail", From: "running", To: "failed", Roles: System},
		{Verb: "queue again", From: "running", To: "queued", Roles: System, Guard: "the process that ran it is gone"},
		{Verb: "retry", From: "failed", To: "queued", Roles: Operator | System},
	}}
}
