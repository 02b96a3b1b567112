//! A component's ServiceAccount.

use super::Recorder;
use super::metadata::{self, Own};
use crate::object::Object;
use crate::spec::{Component, Spec};
use k8s_openapi::api::core::v1::ServiceAccount;

pub(super) fn object(spec: &Spec, component: &Component) -> Option<Object> {
    let account = &component.service_account;
    if !account.create {
        return None;
    }
    let mut at = Recorder::new(&account.name.origin, "a component has an account of its own");
    let metadata = metadata::of_component(&mut at, spec, component, &account.name, Own::default());
    let automount_service_account_token = Some(at.take("automountServiceAccountToken", &account.mount_token));
    Some(at.finish(&ServiceAccount { automount_service_account_token, metadata, ..ServiceAccount::default() }))
}
