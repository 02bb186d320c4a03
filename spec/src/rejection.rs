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
        "there is not one roster of at least four validators for each shard 0..m";
    LedGenesisGrants = 4, "LED_GENESIS_GRANTS", "LED-GENESIS-07" | "LED-GENESIS-03",
        "a grant is 0, or the grants exceed what the allocations hold";
    LedGenesisKeys = 5, "LED_GENESIS_KEYS", "LED-GENESIS-09",
        "two validators share a key";
    LedGenesisPossessions = 6, "LED_GENESIS_POSSESSIONS", "LED-GENESIS-08",
        "there is not one proof of possession for each validator, and no other";

    // Block: the header against the shard's state.
    LedBlockChain = 10, "LED_BLOCK_CHAIN", "LED-BLOCK-01",
        "the block is of another chain";
    LedBlockShard = 11, "LED_BLOCK_SHARD", "LED-BLOCK-02",
        "the block is of another shard";
    LedBlockEpoch = 12, "LED_BLOCK_EPOCH", "LED-BLOCK-03",
        "the block's epoch is not the shard's";
    LedBlockHeight = 13, "LED_BLOCK_HEIGHT", "LED-BLOCK-04",
        "the block's height is not the next one";
    LedBlockPrevious = 14, "LED_BLOCK_PREVIOUS", "LED-BLOCK-05",
        "the block does not name the shard's last block as its predecessor";
    LedBlockIdentityHeight = 15, "LED_BLOCK_IDENTITY_HEIGHT", "LED-BLOCK-06",
        "the block's identity height is below its predecessor's, or above what the reader has";
    LedBlockIdentityHash = 16, "LED_BLOCK_IDENTITY_HASH", "LED-BLOCK-07",
        "the identity log has another hash at that height";
    LedBlockRoster = 17, "LED_BLOCK_ROSTER", "LED-BLOCK-08",
        "the header names another roster than the identity log gives";
    LedBlockTransactionsRoot = 18, "LED_BLOCK_TRANSACTIONS_ROOT", "LED-BLOCK-09",
        "the body is not the one the header commits to";
    AtxImportMissing = 19, "ATX_IMPORT_MISSING", "ATX-SWEEP-02",
        "an epoch's expiry lists are due, and the block does not begin with their import";

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
        "the inputs, or the outputs and the fee, add up to more than 64 bits hold";
    LedSumMismatch = 27, "LED_SUM_MISMATCH", "LED-STATIC-08",
        "the inputs do not add up to the outputs and the fee";
    LedFeeMinimum = 28, "LED_FEE_MINIMUM", "LED-STATIC-09",
        "the fee is below the minimum";

    // Transaction: where it belongs, and when.
    LedNotSingleShard = 30, "LED_NOT_SINGLE_SHARD", "LED-SINGLE-01",
        "the transaction does not belong to this shard alone";
    AtxLockSingleShard = 31, "ATX_LOCK_SINGLE_SHARD", "ATX-LOCK-01",
        "a transaction with one participating shard is applied, not locked";
    AtxNotParticipant = 32, "ATX_NOT_PARTICIPANT",
        "ATX-LOCK-02" | "ATX-COMMIT-04" | "ATX-ABORT-03",
        "this shard has no part in this step of the transaction";
    LedEpochExpired = 33, "LED_EPOCH_EXPIRED", "LED-LOCAL-01",
        "the transaction's expiry lies before the shard's epoch";
    LedEpochTooFar = 34, "LED_EPOCH_TOO_FAR", "LED-LOCAL-02",
        "the transaction's expiry lies more than one epoch after the shard's";
    AtxWindowClosed = 35, "ATX_WINDOW_CLOSED", "ATX-UNLOCK-01",
        "the shard's epoch is more than one after the transaction's expiry";

    // Transaction: witnesses.
    LedWitnessCount = 40, "LED_WITNESS_COUNT", "LED-WITNESS-01",
        "there is not one witness for each input";
    LedWitnessPolicyMissing = 41, "LED_WITNESS_POLICY_MISSING", "LED-WITNESS-02",
        "the account has no row yet, and the witness reveals no policy";
    LedWitnessPolicyWrong = 42, "LED_WITNESS_POLICY_WRONG", "LED-WITNESS-03",
        "the revealed policy is not the owner's";
    LedWitnessPolicyInvalid = 43, "LED_WITNESS_POLICY_INVALID", "LED-WITNESS-04",
        "the policy has a weight of 0, a threshold of 0, or one above the sum of its weights";
    LedWitnessKey = 44, "LED_WITNESS_KEY", "LED-WITNESS-05",
        "a signature is by a key that is not in the policy";
    LedWitnessSignature = 45, "LED_WITNESS_SIGNATURE", "LED-WITNESS-06",
        "a signature is invalid";
    LedWitnessThreshold = 46, "LED_WITNESS_THRESHOLD", "LED-WITNESS-07",
        "the signers' weights do not reach the threshold";

    // Transaction: the inputs against the shard's state.
    LedOutpointUnknown = 50, "LED_OUTPOINT_UNKNOWN", "LED-LOCAL-03",
        "an input is neither unspent nor locked here: spent, or not yet arrived";
    LedOutpointLocked = 51, "LED_OUTPOINT_LOCKED", "LED-LOCAL-04",
        "an input is locked by another transaction";
    LedClaimWrong = 52, "LED_CLAIM_WRONG", "LED-LOCAL-05",
        "an input's claimed owner or amount is not the output's";
    AtxRejectionLimit = 53, "ATX_REJECTION_LIMIT", "ATX-LOCK-07",
        "the block has its number of rejection rows; ask again in a later one";

    // Atomix: unlocking.
    AtxAbortNotAccepted = 60, "ATX_ABORT_NOT_ACCEPTED", "ATX-ABORT-01",
        "this shard has not accepted the transaction, so there is nothing to give back";
    AtxProofCount = 61, "ATX_PROOF_COUNT", "ATX-COMMIT-02",
        "there is not one proof for each input shard";

    // Atomix: one proof.
    AtxProofChain = 62, "ATX_PROOF_CHAIN", "ATX-PROOF-01",
        "the proof's header is of another chain";
    AtxProofRosterUnknown = 63, "ATX_PROOF_ROSTER_UNKNOWN", "ATX-PROOF-02",
        "the proof's header names a roster that is not known here; ask again later";
    CryCertificateSigners = 64, "CRY_CERTIFICATE_SIGNERS", "CRY-CERT-01",
        "the certificate's bitmap does not fit the roster";
    CryCertificateQuorum = 65, "CRY_CERTIFICATE_QUORUM", "CRY-CERT-02",
        "fewer than a quorum signed";
    CryCertificateCount = 66, "CRY_CERTIFICATE_COUNT", "CRY-CERT-03",
        "there is not one signature for each signer";
    CryCertificateSignature = 67, "CRY_CERTIFICATE_SIGNATURE", "CRY-CERT-04",
        "a validator's signature is invalid";
    AtxProofPath = 68, "ATX_PROOF_PATH", "ATX-PROOF-03",
        "the path does not lead from the decision to the header's root";
    AtxProofNoVote = 69, "ATX_PROOF_NO_VOTE", "ATX-PROOF-04",
        "the decision carries no vote";
    AtxProofWrongTransaction = 70, "ATX_PROOF_WRONG_TRANSACTION", "ATX-PROOF-05",
        "the proof is about another transaction";
    AtxProofWrongShard = 71, "ATX_PROOF_WRONG_SHARD", "ATX-PROOF-06" | "ATX-ABORT-06",
        "the proof is by a shard that is not the one expected here";
    AtxProofNotAcceptance = 72, "ATX_PROOF_NOT_ACCEPTANCE", "ATX-COMMIT-03",
        "the proof is of a rejection, where an acceptance is needed";
    AtxProofNotRejection = 73, "ATX_PROOF_NOT_REJECTION", "ATX-ABORT-02",
        "the proof is of an acceptance, where a rejection is needed";

    // Atomix: the expiry sweep, and closing an epoch.
    AtxImportEpoch = 80, "ATX_IMPORT_EPOCH", "ATX-SWEEP-03",
        "the import is not of the epoch before the shard's, or it was done";
    AtxImportNotClosed = 81, "ATX_IMPORT_NOT_CLOSED", "ATX-SWEEP-04",
        "a shard's closing of the epoch is not ordered at this identity height";
    AtxImportCount = 82, "ATX_IMPORT_COUNT", "ATX-SWEEP-05",
        "there is not one expiry list for each shard";
    AtxImportRoot = 83, "ATX_IMPORT_ROOT", "ATX-SWEEP-06",
        "an expiry list is not the one its shard committed to";
    AtxCloseNotImported = 84, "ATX_CLOSE_NOT_IMPORTED", "ATX-CLOSE-01",
        "the shard has not swept the epoch before, so it cannot close this one";
    MsbChain = 85, "MSB_CHAIN", "MSB-CLOSE-01",
        "the closing entry is of another chain";
    MsbShard = 86, "MSB_SHARD", "MSB-CLOSE-02",
        "the closing entry is of a shard that does not exist";
    MsbEpoch = 87, "MSB_EPOCH", "MSB-CLOSE-03",
        "the closing entry is not of the shard's next epoch";
    MsbExpiryRoots = 88, "MSB_EXPIRY_ROOTS", "MSB-CLOSE-04",
        "the closing entry does not have one expiry root for each shard";

    // Arithmetic, and the block's results.
    LedOverflow = 90, "LED_OVERFLOW", "LED-FEE-02" | "LED-CONSERVE-01",
        "a total would exceed 64 bits";
    LedBlockReceiptsRoot = 91, "LED_BLOCK_RECEIPTS_ROOT", "LED-BLOCK-10",
        "the entries' results are not those the header commits to";
    LedBlockDecisionsRoot = 92, "LED_BLOCK_DECISIONS_ROOT", "LED-BLOCK-11",
        "the decisions are not those the header commits to";
    LedBlockStateRoot = 93, "LED_BLOCK_STATE_ROOT", "LED-BLOCK-12",
        "the state after the block is not the one the header commits to";

    // Secret sharing: a deal, the decryption of a share, recovery.
    CryPvssLengths = 100, "CRY_PVSS_LENGTHS", "CRY-PVSS-01" | "CRY-PVSS-02" | "CRY-PVSS-03",
        "the threshold does not fit the recipients, or a deal is too short or too long";
    CryElementEncoding = 101, "CRY_ELEMENT_ENCODING", "CRY-GROUP-01",
        "bytes that stand for a group element are not the encoding of one";
    CryScalarEncoding = 102, "CRY_SCALAR_ENCODING", "CRY-GROUP-02",
        "bytes that stand for a scalar are not below the group's order";
    CryElementIdentity = 103, "CRY_ELEMENT_IDENTITY", "CRY-GROUP-03" | "CRY-DLEQ-03",
        "a public key, a base or a nonce commitment is the identity";
    CryDleqProof = 104, "CRY_DLEQ_PROOF", "CRY-DLEQ-02",
        "a proof does not show that two logarithms are equal";
    CrySharePositions = 105, "CRY_SHARE_POSITIONS", "CRY-SHARE-02" | "CRY-PVSS-06",
        "shares are too few, or not at distinct positions that recipients have";

    // Collective signing: a step's message, the signature.
    CryCosiUnexpected = 106, "CRY_COSI_UNEXPECTED", "CRY-COSI-03" | "CRY-COSI-05",
        "the message is not awaited: of another session, attempt or signer, or it comes again";
    CryCosiResponse = 107, "CRY_COSI_RESPONSE", "CRY-COSI-06",
        "a signer's response does not fit its nonces, its key and the challenge";
    CryCosiSignature = 108, "CRY_COSI_SIGNATURE", "CRY-COSI-02",
        "the collective signature is not one by these signers for this message";

    // Registration of a validator.
    EdsRegistrationChain = 120, "EDS_REGISTRATION_CHAIN", "EDS-REGISTER-01",
        "the registration is for another chain";
    EdsRegistrationRepeated = 121, "EDS_REGISTRATION_REPEATED", "EDS-REGISTER-02",
        "one of the validator's keys is registered already";
    EdsRegistrationSignature = 122, "EDS_REGISTRATION_SIGNATURE", "EDS-REGISTER-03",
        "the registration is not signed by its signing key";

    // A ticket of the lottery.
    EdsTicketEpoch = 123, "EDS_TICKET_EPOCH", "EDS-TICKET-01",
        "the ticket is of another epoch";
    EdsTicketView = 124, "EDS_TICKET_VIEW", "EDS-TICKET-02",
        "the ticket is of another view";
    EdsTicketLate = 125, "EDS_TICKET_LATE", "EDS-TICKET-03",
        "the ticket comes after the lottery's last height";
    EdsTicketUnregistered = 126, "EDS_TICKET_UNREGISTERED", "EDS-TICKET-04",
        "the ticket's validator is not one of the epoch's";
    EdsTicketExcluded = 127, "EDS_TICKET_EXCLUDED", "EDS-TICKET-05",
        "the ticket's validator may not lead in this epoch";
    EdsTicketRepeated = 128, "EDS_TICKET_REPEATED", "EDS-TICKET-06",
        "the ticket's validator has one already for this view";

    // A proof of the verifiable random function.
    CryVrfKey = 129, "CRY_VRF_KEY", "CRY-VRF-01",
        "the key of the random function is no point, or one of small order";
    CryVrfProofMalformed = 130, "CRY_VRF_PROOF_MALFORMED", "CRY-VRF-02",
        "the proof's point or its scalar is not canonically encoded";
    CryVrfProofFalse = 131, "CRY_VRF_PROOF_FALSE", "CRY-VRF-03",
        "the proof is not one by this key for this input";

    // A proof of possession.
    CryPossession = 132, "CRY_POSSESSION", "CRY-POSSESS-01",
        "the proof of possession is not one by this key for this message";

    // Randomness: a transcript, in the order of its verifier.
    DrpConfiguration = 140, "DRP_CONFIGURATION", "DRP-CONFIG-01",
        "the run is of another suite, chain, epoch, random number or set of validators";
    DrpSession = 141, "DRP_SESSION", "DRP-SESSION-01",
        "the session id is not that of the run";
    DrpLogOrder = 142, "DRP_LOG_ORDER", "DRP-LOG-01",
        "an entry of the log stands below the one before it";
    DrpNotCurrent = 143, "DRP_NOT_CURRENT", "DRP-LOG-02",
        "the view and rank are not the current ones, or no leader is current";
    DrpFailQuorum = 144, "DRP_FAIL_QUORUM", "DRP-FAIL-01",
        "fewer than a quorum have timed out";
    DrpTimeoutSigner = 145, "DRP_TIMEOUT_SIGNER", "DRP-TIMEOUT-01",
        "the timeout is by nobody of the epoch";
    DrpTimeoutSignature = 146, "DRP_TIMEOUT_SIGNATURE", "DRP-TIMEOUT-02",
        "the timeout is not signed by its validator";
    DrpLeader = 147, "DRP_LEADER", "DRP-LEADER-01",
        "tickets and failures give another view, rank or leader";
    DrpGroups = 148, "DRP_GROUPS", "DRP-GROUPS-02",
        "the groups are not a partition of the servers, or the inputs not one list for each";
    DrpAnnouncement = 149, "DRP_ANNOUNCEMENT", "DRP-ANNOUNCE-01",
        "the announcement is not signed by the leader";
    DrpInputCount = 150, "DRP_INPUT_COUNT", "DRP-INPUTS-01",
        "a group does not have as many inputs as its threshold";
    DrpInputRepeated = 151, "DRP_INPUT_REPEATED", "DRP-INPUTS-02",
        "a dealer is among the inputs twice";
    DrpInputGroup = 152, "DRP_INPUT_GROUP", "DRP-INPUTS-03",
        "an input is by nobody of its group";
    DrpDealDealer = 153, "DRP_DEAL_DEALER", "DRP-DEAL-01",
        "the deals are not one by each dealer of the inputs, in their order";
    DrpDealSignature = 154, "DRP_DEAL_SIGNATURE", "DRP-DEAL-02",
        "a deal is not signed by its dealer";
    DrpDealSession = 155, "DRP_DEAL_SESSION", "DRP-DEAL-03",
        "a deal is of another session, or answers another announcement";
    DrpRoot = 156, "DRP_ROOT", "DRP-ROOT-01",
        "the root does not commit to the deals";
    DrpCommitEntry = 160, "DRP_COMMIT_ENTRY", "DRP-COMMIT-01",
        "the log does not end with this commit as the first of the epoch";
    DrpShareCount = 161, "DRP_SHARE_COUNT", "DRP-SHARES-01",
        "there are not, for every input, as many shares as its threshold at rising positions";
    DrpSecret = 162, "DRP_SECRET", "DRP-OUTPUT-01",
        "the secrets of the inputs add up to another element";
    DrpOutput = 163, "DRP_OUTPUT", "DRP-OUTPUT-02",
        "the random number is another";

    // Randomness: what a validator or a leader is sent during a run.
    DrpRunRepeated = 170, "DRP_RUN_REPEATED", "DRP-ANNOUNCE-02",
        "this validator has answered another announcement for the view and rank";
    DrpNotAnnounced = 171, "DRP_NOT_ANNOUNCED", "DRP-ANNOUNCE-03",
        "the message belongs to no announcement that this validator has answered";
    DrpOwnDeal = 172, "DRP_OWN_DEAL", "DRP-SIGN-04",
        "the leader shows another deal of this validator than the one it sent";
    DrpStatementRepeated = 173, "DRP_STATEMENT_REPEATED", "DRP-SIGN-05",
        "this validator has agreed to another statement of the run";
    DrpDealRepeated = 174, "DRP_DEAL_REPEATED", "DRP-DEAL-04",
        "the dealer has dealt already";
    DrpDealsMissing = 175, "DRP_DEALS_MISSING", "DRP-INPUTS-05",
        "a group has fewer valid deals than its threshold";
    DrpNotCommitted = 176, "DRP_NOT_COMMITTED", "DRP-REVEAL-01",
        "no run of the epoch is committed, so there is nothing to decrypt";
    DrpShareInput = 177, "DRP_SHARE_INPUT", "DRP-REVEAL-03",
        "the share is of a deal that is not among the inputs, or of another session";
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.code(), self.meaning())
    }
}

impl std::error::Error for Rejection {}
