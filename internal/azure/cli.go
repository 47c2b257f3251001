package azure

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// longestCLI bounds one run of az. Its start alone takes seconds, on Windows and on busy build agents many; azidentity
// allows 10 by default.
const longestCLI = time.Minute

// Account is what Azure CLI works with.
type Account struct {
	SubscriptionID   string
	SubscriptionName string
	TenantID         string
	// Cloud is the CLI's name of the cloud, such as "AzureChinaCloud".
	Cloud string
}

// errNoCLI says that there is no Azure CLI.
var errNoCLI = errors.New("the program az (Azure CLI) is not in PATH")

// errSignedOut says that Azure CLI has no account.
var errSignedOut = errors.New("nobody is signed in to Azure CLI: run az login")

// runCLI runs az and returns what it prints.
func runCLI(ctx context.Context, args ...string) ([]byte, error) {
	path, err := exec.LookPath("az")
	if err != nil {
		return nil, errNoCLI
	}
	ctx, cancel := context.WithTimeout(ctx, longestCLI)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	// az prints its news and warnings in between otherwise.
	cmd.Env = append(os.Environ(), "AZURE_CORE_ONLY_SHOW_ERRORS=true", "AZURE_CORE_NO_COLOR=true")
	cmd.WaitDelay = time.Second
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("az %s did not end within %s", strings.Join(args, " "), longestCLI)
		}
		return nil, complaintOf(complaint.String(), err)
	}
	return out.Bytes(), nil
}

// complaintOf is what az printed to its standard error, in one line.
func complaintOf(text string, err error) error {
	for line := range strings.Lines(text) {
		if message, found := strings.CutPrefix(strings.TrimSpace(line), "ERROR: "); found {
			text = message
			break
		}
	}
	switch text = oneLine(text); {
	case strings.Contains(text, "az login"):
		return errSignedOut
	case text == "":
		return fmt.Errorf("az: %w", err)
	}
	return errors.New("az: " + text)
}

// account asks Azure CLI what it works with: https://learn.microsoft.com/cli/azure/account#az-account-show.
func (s *signIn) account(ctx context.Context) (Account, error) {
	out, err := s.network.RunCLI(ctx, "account", "show", "--output", "json")
	if err != nil {
		return Account{}, err
	}
	var answer struct {
		ID              string `json:"id"`
		Name            string `json:"name"`
		TenantID        string `json:"tenantId"`
		EnvironmentName string `json:"environmentName"`
	}
	if json.Unmarshal(out, &answer) != nil || answer.ID == "" {
		return Account{}, errors.New("az account show has not printed the JSON expected")
	}
	account := Account{SubscriptionID: answer.ID, SubscriptionName: answer.Name, TenantID: answer.TenantID, Cloud: answer.EnvironmentName}
	return account, s.sameCloud(account)
}

// sameCloud refuses an account of another cloud. az keeps one cloud at a time, and people in two forget to switch.
func (s *signIn) sameCloud(account Account) error {
	want := s.cloud.Known.Endpoints().CLI
	if want == "" || account.Cloud == "" || strings.EqualFold(want, account.Cloud) {
		return nil
	}
	return fmt.Errorf("the cloud of Azure CLI is %s, but the environment is %s: run az cloud set --name %s and az login",
		account.Cloud, s.cloud.Name, want)
}

func (s *signIn) skipCLI(explicit bool) string {
	switch {
	case s.settings.UseCLI != nil && !*s.settings.UseCLI:
		return "use_cli is false"
	case s.settings.UseCLI == nil && explicit:
		return "another method is configured; with use_cli = true Azure CLI is tried after it"
	}
	return ""
}

func (s *signIn) azureCLI() (azcore.TokenCredential, error) {
	options := azidentity.AzureCLICredentialOptions{TenantID: s.settings.TenantID, AdditionallyAllowedTenants: s.settings.AuxiliaryTenantIDs}
	if s.settings.TenantID == "" {
		// az takes one of the two. With the subscription it finds the right one of several accounts.
		options.Subscription = s.settings.SubscriptionID
	}
	own, err := azidentity.NewAzureCLICredential(&options)
	if err != nil {
		return nil, err
	}
	options.Subscription = ""
	others, err := azidentity.NewAzureCLICredential(&options)
	if err != nil {
		return nil, err
	}
	return cliCredential{own: own, others: others}, nil
}

// cliCredential keeps the subscription away from the requests for auxiliary tenants.
type cliCredential struct {
	own, others *azidentity.AzureCLICredential
}

// GetToken implements azcore.TokenCredential.
func (c cliCredential) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	ctx, cancel := context.WithTimeout(ctx, longestCLI)
	defer cancel()
	if options.TenantID != "" {
		return c.others.GetToken(ctx, options)
	}
	return c.own.GetToken(ctx, options)
}

// explainCLI puts the usual reasons in plain words; azidentity shows what az printed.
func (s *signIn) explainCLI(ctx context.Context, err error, _ *failure) string {
	text := credentialName.ReplaceAllString(err.Error(), "")
	if strings.Contains(text, "--claims-challenge") {
		return oneLine(text) // the command to run stands after the first sentence
	}
	// What az is set to says more than why it got no token.
	if _, err := s.account(ctx); err != nil {
		return oneLine(err.Error())
	}
	if code := signInCode.FindString(text); code != "" {
		return firstSentence(text[strings.Index(text, code):])
	}
	return firstSentence(complaintOf(text, errors.New("no token")).Error())
}
