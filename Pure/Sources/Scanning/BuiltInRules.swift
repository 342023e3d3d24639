extension RuleSet {
    /// The rules that come with the index: the files in `Rules`.
    ///
    /// The build writes `PackageResources` from that folder. This is the one place that names what is in it, and
    /// `RuleSetTests` compares it with the folder.
    public static func builtIn() throws(RuleMistake) -> RuleSet {
        try RuleSet(reading: embeddedRules.map { File(name: $0.key, bytes: $0.value) })
    }
}

/// Each file of the folder by its name.
let embeddedRules: [String: [UInt8]] = [
    "aws-access-key.rule": PackageResources.aws_access_key_rule,
    "backend-in-tree.rule": PackageResources.backend_in_tree_rule,
    "binary-in-disguise.rule": PackageResources.binary_in_disguise_rule,
    "binary-in-source.rule": PackageResources.binary_in_source_rule,
    "blank-name-evaluated.rule": PackageResources.blank_name_evaluated_rule,
    "builtins-looked-up.rule": PackageResources.builtins_looked_up_rule,
    "characters-executed.rule": PackageResources.characters_executed_rule,
    "characters-not-seen.rule": PackageResources.characters_not_seen_rule,
    "checks-turned-off.rule": PackageResources.checks_turned_off_rule,
    "clipboard.rule": PackageResources.clipboard_rule,
    "cloud-credentials-asked.rule": PackageResources.cloud_credentials_asked_rule,
    "code-far-right.rule": PackageResources.code_far_right_rule,
    "code-from-picture.rule": PackageResources.code_from_picture_rule,
    "codec-hides-text.rule": PackageResources.codec_hides_text_rule,
    "command-of-attackers.rule": PackageResources.command_of_attackers_rule,
    "command-shadows-tool.rule": PackageResources.command_shadows_tool_rule,
    "constant-evaluated.rule": PackageResources.constant_evaluated_rule,
    "credential-files-read.rule": PackageResources.credential_files_read_rule,
    "decoded-and-executed.rule": PackageResources.decoded_and_executed_rule,
    "decoded-and-run.rule": PackageResources.decoded_and_run_rule,
    "doubtful-address.rule": PackageResources.doubtful_address_rule,
    "downloaded-and-run.rule": PackageResources.downloaded_and_run_rule,
    "indirect-call.rule": PackageResources.indirect_call_rule,
    "install-command-replaced.rule": PackageResources.install_command_replaced_rule,
    "install-time-command.rule": PackageResources.install_time_command_rule,
    "install-time-network.rule": PackageResources.install_time_network_rule,
    "installer-called.rule": PackageResources.installer_called_rule,
    "keys-recorded.rule": PackageResources.keys_recorded_rule,
    "letters-that-are-not.rule": PackageResources.letters_that_are_not_rule,
    "library-loaded-by-command.rule": PackageResources.library_loaded_by_command_rule,
    "machine-described-to-others.rule": PackageResources.machine_described_to_others_rule,
    "mines-coins.rule": PackageResources.mines_coins_rule,
    "obfuscator-marks.rule": PackageResources.obfuscator_marks_rule,
    "order-of-text-turned.rule": PackageResources.order_of_text_turned_rule,
    "other-process-changed.rule": PackageResources.other_process_changed_rule,
    "others-code-changed.rule": PackageResources.others_code_changed_rule,
    "private-key.rule": PackageResources.private_key_rule,
    "program-as-text.rule": PackageResources.program_as_text_rule,
    "program-saved-from-network.rule": PackageResources.program_saved_from_network_rule,
    "program-started-from-text.rule": PackageResources.program_started_from_text_rule,
    "pth-with-code.rule": PackageResources.pth_with_code_rule,
    "runs-at-start.rule": PackageResources.runs_at_start_rule,
    "screen-recorded.rule": PackageResources.screen_recorded_rule,
    "secrets-sent.rule": PackageResources.secrets_sent_rule,
    "service-token.rule": PackageResources.service_token_rule,
    "shared.names": PackageResources.shared_names,
    "shell-to-another-machine.rule": PackageResources.shell_to_another_machine_rule,
    "shellcode-run.rule": PackageResources.shellcode_run_rule,
    "started-quietly.rule": PackageResources.started_quietly_rule,
    "stays-after-restart.rule": PackageResources.stays_after_restart_rule,
    "text-in-odd-codec.rule": PackageResources.text_in_odd_codec_rule,
    "told-by-name-lookup.rule": PackageResources.told_by_name_lookup_rule,
]
