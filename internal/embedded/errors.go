package embedded

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// Fault is an error as ARM reports it.
type Fault struct {
	Code    string
	Message string
}

// Error implements error.
func (f *Fault) Error() string { return f.Code + ": " + f.Message }

// The codes of errors. Those that Azure has are spelled as Azure spells them.
const (
	codeGroupBeingDeleted         = "ResourceGroupBeingDeleted"
	codeGroupNotFound             = "ResourceGroupNotFound"
	codeInternal                  = "InternalServerError"
	codeInvalidAPIVersion         = "InvalidApiVersionParameter"
	codeInvalidContent            = "InvalidRequestContent"
	codeInvalidGroupLocation      = "InvalidResourceGroupLocation"
	codeInvalidGroupName          = "InvalidResourceGroupName"
	codeInvalidLocation           = "InvalidResourceLocation"
	codeInvalidName               = "InvalidResourceName"
	codeInvalidNamespace          = "InvalidResourceNamespace"
	codeInvalidParameter          = "InvalidRestApiParameter"
	codeInvalidSkipToken          = "InvalidSkipToken"
	codeInvalidSubscription       = "InvalidSubscriptionId"
	codeInvalidTags               = "InvalidTags"
	codeInvalidURI                = "InvalidRequestUri"
	codeLocationNotAvailable      = "LocationNotAvailableForResourceType"
	codeLocationRequired          = "LocationRequired"
	codeMethodNotAllowed          = "HttpMethodNotAllowed"
	codeMissingAPIVersion         = "MissingApiVersionParameter"
	codeNotEmpty                  = "ServiceResourceNotEmptyWithContainerDetails"
	codeNotFound                  = "NotFound"
	codeOperationInProgress       = "OperationInProgress"
	codeOperationNotAllowed       = "OperationNotAllowed"
	codePreconditionFailed        = "PreconditionFailed"
	codeResourceNotFound          = "ResourceNotFound"
	codeStorageLocked             = "StorageModelModifyError"
	codeSubscriptionNotFound      = "SubscriptionNotFound"
	codeTooLarge                  = "RequestEntityTooLarge"
	codeGroupLocationNotAvailable = "LocationNotAvailableForResourceGroup"
	codeGroupDeletionBlocked      = "ResourceGroupDeletionBlocked"
	codeImmutable                 = "UserErrorOperationDeniedOnImmutableItem"
	codeInvalidItemInput          = "BMSUserErrorInvalidInput"
	codeInvalidProtection         = "BMSUserErrorInvalidConfigureProtectionRequest"
	codeInvalidPolicy             = "BMSUserErrorInvalidPolicyInput"
	codePolicyInUse               = "BMSUserErrorPolicyObjectInUse"
	codeItemLocked                = "BMSUserErrorObjectLocked"
	codeSoftDeleteAlwaysOn        = "BMSUserErrorSoftDeleteStateAlwaysOn"
	codeConflictingProtection     = "BMSUserErrorConflictingProtectionOperation"
	codeMachineGone               = "UserErrorVmNotFoundV2"
	codeUndeleteConflict          = "UserErrorDeletedVaultUndeleteConflictingVaultPresent"

	// Codes of our own where no recording of Azure's answer is known.
	codeVaultNameNotAvailable = "VaultNameNotAvailable"
	codeDeletedVaultPurged    = "DeletedVaultPurged"
	codeItemSoftDeleted       = "ProtectedItemSoftDeleted"
	codeItemNotSoftDeleted    = "ProtectedItemNotSoftDeleted"
	codeInvalidFilter         = "InvalidFilter"
	codePolicyLimit           = "PolicyLimitReached"
	codeVaultFull             = "ProtectedVMLimitReached"
	codeItemNotProtected      = "ProtectedItemNotProtected"
	codeTooManyBackups        = "OnDemandBackupLimitReached"
	codeJobNotCancellable     = "JobNotCancellable"
	codeInvalidTop            = "InvalidTop"
	codeRedundancyOfVault     = "StorageRedundancySetOnVault"

	// Codes only this service has.
	codeNotModelled         = "NotModelledByEmbeddedService"
	codeMachineFixed        = "VirtualMachineInInventory"
	codeClientClosed        = "ClientClosedRequest"
	codeDatabaseBusy        = "DatabaseBusy"
	codeDatabaseFull        = "DatabaseFull"
	codeDatabaseReadOnly    = "DatabaseReadOnly"
	codeDatabaseDamaged     = "DatabaseDamaged"
	codeDatabaseUnavailable = "DatabaseUnavailable"
)

// statusClientClosed is what servers log for a client that went away. Nobody receives it.
const statusClientClosed = 499

// statuses gives each code its HTTP status, in this one place.
var statuses = map[string]int{
	codeGroupBeingDeleted:         http.StatusConflict,
	codeGroupDeletionBlocked:      http.StatusConflict,
	codeGroupLocationNotAvailable: http.StatusBadRequest,
	codeGroupNotFound:             http.StatusNotFound,
	codeInternal:                  http.StatusInternalServerError,
	codeDeletedVaultPurged:        http.StatusConflict,
	codeUndeleteConflict:          http.StatusConflict, // the code is Azure's, the status our reading
	codeImmutable:                 http.StatusBadRequest,
	codeInvalidFilter:             http.StatusBadRequest,
	codeInvalidItemInput:          http.StatusBadRequest,
	codeInvalidPolicy:             http.StatusBadRequest,
	codeInvalidProtection:         http.StatusBadRequest,
	codeItemLocked:                http.StatusConflict,
	codeInvalidTop:                http.StatusBadRequest,
	codeRedundancyOfVault:         http.StatusBadRequest,
	codeSoftDeleteAlwaysOn:        http.StatusBadRequest,
	codeConflictingProtection:     http.StatusConflict,
	codeItemNotProtected:          http.StatusBadRequest,
	codeTooManyBackups:            http.StatusBadRequest,
	codeJobNotCancellable:         http.StatusBadRequest,
	codeItemNotSoftDeleted:        http.StatusConflict,
	codeItemSoftDeleted:           http.StatusConflict,
	codeMachineFixed:              http.StatusConflict,
	codePolicyInUse:               http.StatusBadRequest,
	codePolicyLimit:               http.StatusBadRequest,
	codeVaultFull:                 http.StatusBadRequest,
	codeInvalidAPIVersion:         http.StatusBadRequest,
	codeInvalidContent:            http.StatusBadRequest,
	codeInvalidGroupLocation:      http.StatusConflict,
	codeInvalidGroupName:          http.StatusBadRequest,
	codeInvalidLocation:           http.StatusConflict,
	codeInvalidName:               http.StatusBadRequest,
	codeInvalidNamespace:          http.StatusNotFound,
	codeInvalidParameter:          http.StatusBadRequest,
	codeInvalidSkipToken:          http.StatusBadRequest,
	codeInvalidSubscription:       http.StatusBadRequest,
	codeInvalidTags:               http.StatusBadRequest,
	codeInvalidURI:                http.StatusBadRequest,
	codeLocationNotAvailable:      http.StatusBadRequest,
	codeLocationRequired:          http.StatusBadRequest,
	codeMethodNotAllowed:          http.StatusMethodNotAllowed,
	codeMissingAPIVersion:         http.StatusBadRequest,
	codeNotEmpty:                  http.StatusBadRequest,
	codeNotFound:                  http.StatusNotFound,
	codeOperationInProgress:       http.StatusConflict,
	codeOperationNotAllowed:       http.StatusConflict,
	codePreconditionFailed:        http.StatusPreconditionFailed,
	codeResourceNotFound:          http.StatusNotFound,
	codeStorageLocked:             http.StatusBadRequest,
	codeVaultNameNotAvailable:     http.StatusConflict,
	codeSubscriptionNotFound:      http.StatusNotFound,
	codeTooLarge:                  http.StatusRequestEntityTooLarge,

	codeNotModelled:  http.StatusNotImplemented,
	codeClientClosed: statusClientClosed,
	// Busy passes, so it has the one status here that clients retry to good effect. The others stay until somebody does
	// something about them, and 507 is not retried.
	codeDatabaseBusy:        http.StatusServiceUnavailable,
	codeDatabaseFull:        http.StatusInsufficientStorage,
	codeDatabaseReadOnly:    http.StatusInsufficientStorage,
	codeDatabaseDamaged:     http.StatusInsufficientStorage,
	codeDatabaseUnavailable: http.StatusInsufficientStorage,
}

// storeFaults translates the errors of the store.
var storeFaults = []struct {
	is   error
	code string
}{
	{store.ErrBusy, codeDatabaseBusy},
	{store.ErrFull, codeDatabaseFull},
	{store.ErrReadOnly, codeDatabaseReadOnly},
	{store.ErrDamaged, codeDatabaseDamaged},
	{store.ErrUnavailable, codeDatabaseUnavailable},
	{context.Canceled, codeClientClosed},
	{context.DeadlineExceeded, codeClientClosed},
}

// refusal is a fault that needs more than its code to be answered.
type refusal struct {
	Fault
	status int // in place of the code's
	header http.Header
}

// failure is the one place that turns an error into an answer.
func failure(err error) *answer {
	if r, ok := errors.AsType[*refusal](err); ok {
		status := r.status
		if status == 0 {
			status = statuses[r.Code]
		}
		return &answer{status: status, header: r.header, body: errorBody{Error: errorDetail(r.Fault)}}
	}
	f, ok := errors.AsType[*Fault](err)
	if !ok {
		f = &Fault{Code: codeInternal, Message: err.Error()}
		for _, s := range storeFaults {
			if errors.Is(err, s.is) {
				f.Code = s.code
				break
			}
		}
		// What SQLite says itself is for nobody who knows no SQL.
		if words := store.Words(err); words != "" {
			f.Message = words
		}
	}
	return &answer{status: statuses[f.Code], body: errorBody{Error: errorDetail(*f)}}
}

// invalidParameter is how the service refuses a property. Azure's text ends after the first two sentences; the reason
// spares the user a guess.
func invalidParameter(name, reason string) error {
	return &Fault{
		Code:    codeInvalidParameter,
		Message: fmt.Sprintf("%s parameter is invalid. Please provide a valid %s. %s", name, name, reason),
	}
}

func invalidContent(format string, args ...any) error {
	return &Fault{
		Code:    codeInvalidContent,
		Message: "The request content was invalid and could not be deserialized: " + fmt.Sprintf(format, args...),
	}
}
