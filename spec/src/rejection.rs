//! Every reason for which the specification refuses something.
//!
//! Each check that can fail has one [`Rejection`], and the first check that fails gives the answer.
//! The doc comment of each function states the order of its checks, as a premises table or under
//! its errors. The table below follows the same order: of two faults in one thing, the one that is
//! listed first is reported. There are four exceptions:
//!
//! - A request can hold several things of one kind (inputs with their witnesses, proofs, entries).
//!   They are checked one after the other, so a fault of an earlier witness is reported before any
//!   fault of a later one.
//! - The codes of certificates are listed once, with proofs. The entry that closes an epoch has a
//!   certificate too, and it is checked last.
//! - The codes of group elements and scalars are listed once, with secret sharing.
//! - An expiry list that is too long is refused with the code of encodings, after the other check
//!   of closing an epoch.
//!
//! A rejection leaves the state unchanged.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

macro_rules! rejections {
    ($(
        $variant:ident = $tag:literal, $code:literal,
        $requirement:literal $(| $other:literal)*, $meaning:literal;
    )*) => {
        /// The reason for which something was refused. Its encoding is one byte, a permanent tag.
        ///
        /// ```
        /// use ioschain_spec::Rejection;
        ///
        /// let rejection = Rejection::LedNoInputs;
        /// assert_eq!(rejection.code(), "LED_NO_INPUTS");
        /// assert_eq!(rejection.requirements(), ["LED-STATIC-03"]);
        /// assert_eq!(rejection.to_string(), "LED_NO_INPUTS: the transaction has no inputs");
        /// ```
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            BorshSerialize, BorshDeserialize, BorshSchema,
        )]
        #[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
        #[borsh(use_discriminant = true)]
        #[repr(u8)]
        pub enum Rejection {
            $(
                #[doc = concat!("`", $code, "` (", $requirement, $(", ", $other,)* "): ", $meaning)]
                $variant = $tag,
            )*
        }

        impl Rejection {
            /// All rejections, in the order of the checks.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stable code, for implementations in other languages and for reports.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The violated requirement. Where several checks share this code, the list names the
            /// requirement of each, and one of them is violated.
            pub fn requirements(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$requirement $(, $other)*],)* }
            }

            /// One sentence that says what was wrong.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

rejections! {
    EncMalformed = 1, "ENC_MALFORMED", "ENC-DECODE-01" | "ENC-CAP-01" | "ENC-SET-01",
        "the bytes are not the encoding of any value of this type";

    // Genesis.
    LedGenesisShards = 2, "LED_GENESIS_SHARDS", "LED-GENESIS-01",
        "the number of transaction shards is 0 or above 1,024";
    LedGenesisRosters = 3, "LED_GENESIS_ROSTERS", "LED-GENESIS-02",
        "there is not exactly one roster of at least four validators for each of the shards 0 to m";
    LedGenesisGrants = 4, "LED_GENESIS_GRANTS", "LED-GENESIS-07" | "LED-GENESIS-03",
        "a grant is 0, or the allocations do not cover the grants";
    LedGenesisKeys = 5, "LED_GENESIS_KEYS", "LED-GENESIS-09",
        "two validators share a key";
    LedGenesisPossessions = 6, "LED_GENESIS_POSSESSIONS", "LED-GENESIS-08",
        "there is not one proof of possession for each validator, or there is one for somebody else";

    // Block: the header against the shard's state.
    LedBlockChain = 10, "LED_BLOCK_CHAIN", "LED-BLOCK-01",
        "the block belongs to another chain";
    LedBlockShard = 11, "LED_BLOCK_SHARD", "LED-BLOCK-02",
        "the block belongs to another shard";
    LedBlockEpoch = 12, "LED_BLOCK_EPOCH", "LED-BLOCK-03",
        "the block's epoch is not the shard's epoch";
    LedBlockHeight = 13, "LED_BLOCK_HEIGHT", "LED-BLOCK-04",
        "the block's height is not the next height of the shard";
    LedBlockPrevious = 14, "LED_BLOCK_PREVIOUS", "LED-BLOCK-05",
        "the block does not name the shard's last block as its predecessor";
    LedBlockIdentityHeight = 15, "LED_BLOCK_IDENTITY_HEIGHT", "LED-BLOCK-06",
        "the block's identity height is below that of its predecessor, or above the known identity log";
    LedBlockIdentityHash = 16, "LED_BLOCK_IDENTITY_HASH", "LED-BLOCK-07",
        "the block's identity hash is not the hash of the identity log at that height";
    LedBlockRoster = 17, "LED_BLOCK_ROSTER", "LED-BLOCK-08",
        "the roster in the header is not the shard's roster in the identity log";
    LedBlockTransactionsRoot = 18, "LED_BLOCK_TRANSACTIONS_ROOT", "LED-BLOCK-09",
        "the body is not the one that the header commits to";
    AtxImportMissing = 19, "ATX_IMPORT_MISSING", "ATX-SWEEP-02",
        "the import of an epoch's expiry lists is due, and the block does not begin with it";

    // Transaction: static checks.
    LedChainId = 20, "LED_CHAIN_ID", "LED-STATIC-01",
        "the transaction is for another chain";
    LedVersion = 21, "LED_VERSION", "LED-STATIC-02",
        "the transaction's version is not 1";
    LedNoInputs = 22, "LED_NO_INPUTS", "LED-STATIC-03",
        "the transaction has no inputs";
    LedNoOutputs = 23, "LED_NO_OUTPUTS", "LED-STATIC-04",
        "the transaction has no outputs";
    LedInputsOrder = 24, "LED_INPUTS_ORDER", "LED-STATIC-05",
        "the inputs are not strictly increasing by outpoint";
    LedAmountRange = 25, "LED_AMOUNT_RANGE", "LED-STATIC-06",
        "an amount is 0 or above the supply";
    LedSumOverflow = 26, "LED_SUM_OVERFLOW", "LED-STATIC-07",
        "the sum of the inputs, or of the outputs and the fee, exceeds 64 bits";
    LedSumMismatch = 27, "LED_SUM_MISMATCH", "LED-STATIC-08",
        "the sum of the inputs is not the sum of the outputs and the fee";
    LedFeeMinimum = 28, "LED_FEE_MINIMUM", "LED-STATIC-09",
        "the fee is below the minimum";

    // Transaction: where it belongs, and when.
    LedNotSingleShard = 30, "LED_NOT_SINGLE_SHARD", "LED-SINGLE-01",
        "the transaction does not belong to this shard alone";
    AtxLockSingleShard = 31, "ATX_LOCK_SINGLE_SHARD", "ATX-LOCK-01",
        "the transaction has only one participating shard, so it must be applied, not locked";
    AtxNotParticipant = 32, "ATX_NOT_PARTICIPANT",
        "ATX-LOCK-02" | "ATX-COMMIT-04" | "ATX-ABORT-03",
        "this shard does not take part in this step of the transaction";
    LedEpochExpired = 33, "LED_EPOCH_EXPIRED", "LED-LOCAL-01",
        "the transaction's expiry epoch is before the shard's epoch";
    LedEpochTooFar = 34, "LED_EPOCH_TOO_FAR", "LED-LOCAL-02",
        "the transaction's expiry epoch is more than one epoch after the shard's epoch";
    AtxWindowClosed = 35, "ATX_WINDOW_CLOSED", "ATX-UNLOCK-01",
        "the shard's epoch is more than one epoch after the transaction's expiry epoch";

    // Transaction: witnesses.
    LedWitnessCount = 40, "LED_WITNESS_COUNT", "LED-WITNESS-01",
        "the number of witnesses is not the number of inputs";
    LedWitnessPolicyMissing = 41, "LED_WITNESS_POLICY_MISSING", "LED-WITNESS-02",
        "the account has no row in the state yet, and the witness reveals no policy";
    LedWitnessPolicyWrong = 42, "LED_WITNESS_POLICY_WRONG", "LED-WITNESS-03",
        "the revealed policy is not the owner's";
    LedWitnessPolicyInvalid = 43, "LED_WITNESS_POLICY_INVALID", "LED-WITNESS-04",
        "the policy has a weight of 0, a threshold of 0, or a threshold above the sum of its weights";
    LedWitnessKey = 44, "LED_WITNESS_KEY", "LED-WITNESS-05",
        "a signature is by a key that is not in the policy";
    LedWitnessSignature = 45, "LED_WITNESS_SIGNATURE", "LED-WITNESS-06",
        "a signature is invalid";
    LedWitnessThreshold = 46, "LED_WITNESS_THRESHOLD", "LED-WITNESS-07",
        "the weights of the signers add up to less than the threshold";

    // Transaction: the inputs against the shard's state.
    LedOutpointUnknown = 50, "LED_OUTPOINT_UNKNOWN", "LED-LOCAL-03",
        "an input is neither unspent nor locked here: it is spent, or it does not exist yet";
    LedOutpointLocked = 51, "LED_OUTPOINT_LOCKED", "LED-LOCAL-04",
        "an input is locked by another transaction";
    LedClaimWrong = 52, "LED_CLAIM_WRONG", "LED-LOCAL-05",
        "the owner or the amount that an input claims is not that of the output";
    AtxRejectionLimit = 53, "ATX_REJECTION_LIMIT", "ATX-LOCK-07",
        "the block already has the largest allowed number of rejection rows; ask again in a later block";

    // Atomix: unlocking.
    AtxAbortNotAccepted = 60, "ATX_ABORT_NOT_ACCEPTED", "ATX-ABORT-01",
        "this shard has not accepted the transaction, so there is nothing to unlock";
    AtxProofCount = 61, "ATX_PROOF_COUNT", "ATX-COMMIT-02",
        "the number of proofs is not the number of input shards";

    // Atomix: one proof.
    AtxProofChain = 62, "ATX_PROOF_CHAIN", "ATX-PROOF-01",
        "the proof's header belongs to another chain";
    AtxProofRosterUnknown = 63, "ATX_PROOF_ROSTER_UNKNOWN", "ATX-PROOF-02",
        "the proof's header names a roster that this shard does not know; ask again later";
    CryCertificateSigners = 64, "CRY_CERTIFICATE_SIGNERS", "CRY-CERT-01",
        "the certificate's bitmap does not fit the roster";
    CryCertificateQuorum = 65, "CRY_CERTIFICATE_QUORUM", "CRY-CERT-02",
        "the signers are fewer than a quorum";
    CryCertificateCount = 66, "CRY_CERTIFICATE_COUNT", "CRY-CERT-03",
        "the number of signatures is not the number of signers";
    CryCertificateSignature = 67, "CRY_CERTIFICATE_SIGNATURE", "CRY-CERT-04",
        "a validator's signature is invalid";
    AtxProofPath = 68, "ATX_PROOF_PATH", "ATX-PROOF-03",
        "the path does not lead from the decision to the root of decisions in the header";
    AtxProofNoVote = 69, "ATX_PROOF_NO_VOTE", "ATX-PROOF-04",
        "the decision contains no vote";
    AtxProofWrongTransaction = 70, "ATX_PROOF_WRONG_TRANSACTION", "ATX-PROOF-05",
        "the proof is about another transaction";
    AtxProofWrongShard = 71, "ATX_PROOF_WRONG_SHARD", "ATX-PROOF-06" | "ATX-ABORT-06",
        "the proof is from another shard than the expected one";
    AtxProofNotAcceptance = 72, "ATX_PROOF_NOT_ACCEPTANCE", "ATX-COMMIT-03",
        "the proof shows a rejection, but an acceptance is needed";
    AtxProofNotRejection = 73, "ATX_PROOF_NOT_REJECTION", "ATX-ABORT-02",
        "the proof shows an acceptance, but a rejection is needed";

    // Atomix: the expiry sweep, and closing an epoch.
    AtxImportEpoch = 80, "ATX_IMPORT_EPOCH", "ATX-SWEEP-03",
        "the import is not for the epoch before the shard's epoch, or that epoch was already imported";
    AtxImportNotClosed = 81, "ATX_IMPORT_NOT_CLOSED", "ATX-SWEEP-04",
        "a shard's closing entry of the epoch is not in the identity log at this identity height";
    AtxImportCount = 82, "ATX_IMPORT_COUNT", "ATX-SWEEP-05",
        "the number of expiry lists is not the number of shards";
    AtxImportRoot = 83, "ATX_IMPORT_ROOT", "ATX-SWEEP-06",
        "an expiry list is not the one that its shard committed to";
    AtxCloseNotImported = 84, "ATX_CLOSE_NOT_IMPORTED", "ATX-CLOSE-01",
        "the shard has not imported the expiry lists of the previous epoch, so it cannot close this one";
    MsbChain = 85, "MSB_CHAIN", "MSB-CLOSE-01",
        "the closing entry belongs to another chain";
    MsbShard = 86, "MSB_SHARD", "MSB-CLOSE-02",
        "the closing entry belongs to a shard that does not exist";
    MsbEpoch = 87, "MSB_EPOCH", "MSB-CLOSE-03",
        "the closing entry is not for the next epoch that its shard has to close";
    MsbExpiryRoots = 88, "MSB_EXPIRY_ROOTS", "MSB-CLOSE-04",
        "the number of expiry roots in the closing entry is not the number of shards";

    // Arithmetic, and the block's results.
    LedOverflow = 90, "LED_OVERFLOW", "LED-FEE-02" | "LED-CONSERVE-01",
        "a total would exceed 64 bits";
    LedBlockReceiptsRoot = 91, "LED_BLOCK_RECEIPTS_ROOT", "LED-BLOCK-10",
        "the receipts of the entries are not those that the header commits to";
    LedBlockDecisionsRoot = 92, "LED_BLOCK_DECISIONS_ROOT", "LED-BLOCK-11",
        "the decisions are not those that the header commits to";
    LedBlockStateRoot = 93, "LED_BLOCK_STATE_ROOT", "LED-BLOCK-12",
        "the state after the block is not the one that the header commits to";

    // Secret sharing: a deal, the decryption of a share, recovery.
    CryPvssLengths = 100, "CRY_PVSS_LENGTHS", "CRY-PVSS-01" | "CRY-PVSS-02" | "CRY-PVSS-03",
        "the threshold or the number of recipients is invalid, or a polynomial or deal has a wrong length";
    CryElementEncoding = 101, "CRY_ELEMENT_ENCODING", "CRY-GROUP-01",
        "the bytes of a group element do not encode an element";
    CryScalarEncoding = 102, "CRY_SCALAR_ENCODING", "CRY-GROUP-02",
        "the bytes of a scalar do not encode a number below the order of the group";
    CryElementIdentity = 103, "CRY_ELEMENT_IDENTITY", "CRY-GROUP-03" | "CRY-DLEQ-03",
        "a public key, a base or a nonce commitment is the identity element";
    CryDleqProof = 104, "CRY_DLEQ_PROOF", "CRY-DLEQ-02",
        "a proof does not show that two logarithms are equal";
    CrySharePositions = 105, "CRY_SHARE_POSITIONS", "CRY-SHARE-02" | "CRY-PVSS-06",
        "there are too few shares, or their positions are not distinct positions of recipients";

    // Collective signing: a step's message, the signature.
    CryCosiUnexpected = 106, "CRY_COSI_UNEXPECTED", "CRY-COSI-03" | "CRY-COSI-05",
        "the message is not expected: its session, attempt or signer is another, or it was sent before";
    CryCosiResponse = 107, "CRY_COSI_RESPONSE", "CRY-COSI-06",
        "a signer's response does not match its nonces, its key and the challenge";
    CryCosiSignature = 108, "CRY_COSI_SIGNATURE", "CRY-COSI-02",
        "the collective signature is not valid for these signers and this message";

    // Registration of a validator.
    EdsRegistrationChain = 120, "EDS_REGISTRATION_CHAIN", "EDS-REGISTER-01",
        "the registration is for another chain";
    EdsRegistrationRepeated = 121, "EDS_REGISTRATION_REPEATED", "EDS-REGISTER-02",
        "one of the validator's keys is already registered";
    EdsRegistrationSignature = 122, "EDS_REGISTRATION_SIGNATURE", "EDS-REGISTER-03",
        "the registration is not signed with its own signing key";

    // A ticket of the lottery.
    EdsTicketEpoch = 123, "EDS_TICKET_EPOCH", "EDS-TICKET-01",
        "the ticket is for another epoch";
    EdsTicketView = 124, "EDS_TICKET_VIEW", "EDS-TICKET-02",
        "the ticket is for another view";
    EdsTicketLate = 125, "EDS_TICKET_LATE", "EDS-TICKET-03",
        "the ticket was ordered after the last height of the lottery";
    EdsTicketUnregistered = 126, "EDS_TICKET_UNREGISTERED", "EDS-TICKET-04",
        "the ticket's validator is not a validator of the epoch";
    EdsTicketExcluded = 127, "EDS_TICKET_EXCLUDED", "EDS-TICKET-05",
        "the ticket's validator may not lead in this epoch";
    EdsTicketRepeated = 128, "EDS_TICKET_REPEATED", "EDS-TICKET-06",
        "the ticket's validator already has a ticket for this view";

    // A proof of the verifiable random function.
    CryVrfKey = 129, "CRY_VRF_KEY", "CRY-VRF-01",
        "the key of the verifiable random function is not a curve point, or has small order";
    CryVrfProofMalformed = 130, "CRY_VRF_PROOF_MALFORMED", "CRY-VRF-02",
        "the point or the scalar of the proof is not canonically encoded";
    CryVrfProofFalse = 131, "CRY_VRF_PROOF_FALSE", "CRY-VRF-03",
        "the proof is not valid for this key and this input";

    // A proof of possession.
    CryPossession = 132, "CRY_POSSESSION", "CRY-POSSESS-01",
        "the proof of possession is not valid for this key and this message";

    // Randomness: a transcript, in the order of its verifier.
    DrpConfiguration = 140, "DRP_CONFIGURATION", "DRP-CONFIG-01",
        "the run has another suite, chain, epoch, previous random number or set of validators";
    DrpSession = 141, "DRP_SESSION", "DRP-SESSION-01",
        "the session id is not that of the run";
    DrpLogOrder = 142, "DRP_LOG_ORDER", "DRP-LOG-01",
        "an entry of the log has a lower height than the entry before it";
    DrpNotCurrent = 143, "DRP_NOT_CURRENT", "DRP-LOG-02",
        "the view and rank are not the current ones, or there is no current leader";
    DrpFailQuorum = 144, "DRP_FAIL_QUORUM", "DRP-FAIL-01",
        "the validators that have timed out are fewer than a quorum";
    DrpTimeoutSigner = 145, "DRP_TIMEOUT_SIGNER", "DRP-TIMEOUT-01",
        "the sender of the timeout is not a validator of the epoch";
    DrpTimeoutSignature = 146, "DRP_TIMEOUT_SIGNATURE", "DRP-TIMEOUT-02",
        "the timeout is not signed by its validator";
    DrpLeader = 147, "DRP_LEADER", "DRP-LEADER-01",
        "the view, rank or leader does not follow from the tickets and failures in the log";
    DrpGroups = 148, "DRP_GROUPS", "DRP-GROUPS-02",
        "the groups are not a partition of the servers, or the inputs are not one list for each group";
    DrpAnnouncement = 149, "DRP_ANNOUNCEMENT", "DRP-ANNOUNCE-01",
        "the announcement is not signed by the leader";
    DrpInputCount = 150, "DRP_INPUT_COUNT", "DRP-INPUTS-01",
        "the number of inputs of a group is not its threshold";
    DrpInputRepeated = 151, "DRP_INPUT_REPEATED", "DRP-INPUTS-02",
        "a dealer is among the inputs twice";
    DrpInputGroup = 152, "DRP_INPUT_GROUP", "DRP-INPUTS-03",
        "the dealer of an input is not a member of the group";
    DrpDealDealer = 153, "DRP_DEAL_DEALER", "DRP-DEAL-01",
        "the deals are not exactly one from each dealer of the inputs, in the order of the inputs";
    DrpDealSignature = 154, "DRP_DEAL_SIGNATURE", "DRP-DEAL-02",
        "a deal is not signed by its dealer";
    DrpDealSession = 155, "DRP_DEAL_SESSION", "DRP-DEAL-03",
        "a deal belongs to another session, or answers another announcement";
    DrpRoot = 156, "DRP_ROOT", "DRP-ROOT-01",
        "the root does not commit to the deals";
    DrpCommitEntry = 160, "DRP_COMMIT_ENTRY", "DRP-COMMIT-01",
        "the log does not end with this commit, or it has another commit of the epoch";
    DrpShareCount = 161, "DRP_SHARE_COUNT", "DRP-SHARES-01",
        "the number of shares of an input is not its threshold, or their positions do not increase";
    DrpSecret = 162, "DRP_SECRET", "DRP-OUTPUT-01",
        "the secret is not the sum of the secrets of the inputs";
    DrpOutput = 163, "DRP_OUTPUT", "DRP-OUTPUT-02",
        "the random number does not follow from the secret";

    // Randomness: what a validator or a leader is sent during a run.
    DrpRunRepeated = 170, "DRP_RUN_REPEATED", "DRP-ANNOUNCE-02",
        "this validator has already answered another announcement for the view and rank";
    DrpNotAnnounced = 171, "DRP_NOT_ANNOUNCED", "DRP-ANNOUNCE-03",
        "the message belongs to no announcement that this validator has answered";
    DrpOwnDeal = 172, "DRP_OWN_DEAL", "DRP-SIGN-04",
        "the deal that the leader shows is not the one that this validator sent";
    DrpStatementRepeated = 173, "DRP_STATEMENT_REPEATED", "DRP-SIGN-05",
        "this validator has already agreed to another statement of the run";
    DrpDealRepeated = 174, "DRP_DEAL_REPEATED", "DRP-DEAL-04",
        "the dealer has already sent a deal";
    DrpDealsMissing = 175, "DRP_DEALS_MISSING", "DRP-INPUTS-05",
        "a group has fewer valid deals than its threshold";
    DrpNotCommitted = 176, "DRP_NOT_COMMITTED", "DRP-REVEAL-01",
        "no run of the epoch is committed, so there is nothing to decrypt";
    DrpShareInput = 177, "DRP_SHARE_INPUT", "DRP-REVEAL-03",
        "the share belongs to a deal that is not among the inputs, or to another session";
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.code(), self.meaning())
    }
}

impl std::error::Error for Rejection {}
