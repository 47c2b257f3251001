// Package arm speaks the Azure Resource Manager protocol: resource ids, the error envelope, the request pipeline,
// paging and long-running operations. It knows nothing of backup vaults; package vault builds on it.
//
// The transport underneath is azcore's policy.Transporter, so that requests, retries, polling and error parsing are
// the same whether Azure or the embedded service answers.
package arm
