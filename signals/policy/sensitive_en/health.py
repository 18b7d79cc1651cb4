"""English words that speak of health; what each table means stands in the package."""

from __future__ import annotations

from typing import Final

STATES: Final = """
        diagnosed with / was diagnosed / been diagnosed / got diagnosed / {my} diagnosis /
        diagnosed me / biopsy results / terminally ill / terminal illness / {my} cancer /
        have cancer / had cancer / stage 4 cancer / beat cancer / battling cancer / fighting
        cancer / hiv positive / living with hiv / have hiv / has hiv / with ms / have ms /
        has ms / had a miscarriage / had a stroke / after {my} stroke / {my} stroke / had a
        heart attack / after {my} heart attack / {my} heart attack / in a wheelchair / use a
        wheelchair / uses a wheelchair / {my} wheelchair / on dialysis / kidneys are failing
        / kidney failure / blood thinners / {my} transplant / {my} surgery / having surgery
        / need surgery / after surgery / recovering from surgery / {my} therapist / {my}
        psychiatrist / see a therapist / seeing a therapist / {my} anxiety / {my} depression
        / anxiety disorder / panic disorder / have anxiety / has anxiety / have depression /
        have ptsd / {my} ptsd / {my} ocd / {my} adhd / have adhd / has adhd / adhd diagnosis
        / on antidepressants / {my} antidepressants / {my} meds / am suicidal / suicide
        attempt / tried to kill myself / kill myself / self harm / {my} addiction / addicted
        to alcohol / addicted to opioids / addicted to heroin / addicted to drugs / addicted
        to pills / addicted to painkillers / addicted to cocaine / addicted to meth /
        addicted to gambling / gambling addiction / drug addiction / alcohol addiction /
        went to rehab / in rehab / out of rehab / after rehab / rehab clinic / recovering
        alcoholic / recovering addict / alcoholics anonymous / years sober / months sober /
        been sober / sober for / sober since /
        days sober / {my} sobriety / {my} pregnancy / months pregnant / weeks pregnant / am
        pregnant / high risk pregnancy / round of ivf / rounds of ivf / doing ivf /
        fertility treatment / {my} infertility / {my} disability / down syndrome / cerebral
        palsy / chronic illness / chronic fatigue / long covid / sleep apnea / memory care /
        in hospice / hospice care / {my} dementia / has dementia / {my} diabetes / type 1
        diabetic / type 2 diabetic / type 1 diabetes / type 2 diabetes / {my} seizures /
        {my} epilepsy / brain tumor / brain tumour / spinal cord injury / {my} mental health
        / mental breakdown / nervous breakdown / colostomy / chemo starts / doing chemo / on
        chemo / through chemo / {my} chemo / stopped taking my medication / had an abortion
        / getting an abortion / {my} hearing loss / {my} illness / {my} disease / {my}
        condition got / {my} tumor / {my} chemo* / {my} dialysis / {my} insulin / {my}
        relapse / {my} recovery from / {my} asthma / {my} arthritis / {my} migraines / {my}
        autism / {my} bipolar / {my} schizophrenia / {my} cancer* / {my} biopsy / {my} hiv /
        i'm losing my hearing / i'm going blind / i'm going deaf / sick leave for / signed
        off sick / off work sick / mental hospital / {my} eating disorder / {my} alcoholism
        / {my} drinking / {my} therapy / {my} counselling / {my} fertility / {my} period /
        {my} miscarriage / {my} abortion / {my} doctor says / {my} doctor said / {my} doctor
        told / got sober / getting sober / stay sober / staying sober / been clean / got
        clean / lost our baby / lost the baby / lost my baby / lost a baby / stillborn /
        lost a pregnancy / gave birth / giving birth / trying to conceive / ttc / can't have
        kids / can't conceive / my blood pressure / my blood sugar / my cholesterol / {my}
        heart condition / {my} treatment / {my} operation / waiting for surgery / booked for
        surgery / {my} knee surgery / {my} back surgery / {my} eye surgery / {my} hip
        replacement / {my} knee replacement / {my} c section / after my accident i can't /
        can't walk / can barely walk / lost {my} leg / lost {my} sight / legally blind /
        hard of hearing / i'm deaf / my hearing is / {my} prescription / {my} medication /
        on medication / on meds / on lithium / on insulin / on methadone / on suboxone /
        going to aa / at aa / in aa / {my} sponsor says / quit drinking / stopped drinking /
        drink too much / drinking again / drinking problem / using again / clean from / had
        a seizure / having seizures / have seizures / {my} symptoms / {my} hearing aids /
        {my} hearing is / {my} eyesight / {my} bad back / {my} bad knee / {my} blood
        pressure / {my} blood sugar / {my} hospital stay
    """

CONCERNS: Final = """
        diagnosed me / relapsed / chronically ill / chronic illness / chronic disease /
        chronic condition / stents / cancer / tumor / tumour / leukemia / leukaemia /
        lymphoma / melanoma / biopsy / chemo / oncologist / diabetes / insulin / dialysis /
        kidney disease / transplant / stroke / heart disease / heart condition / bypass
        surgery / pacemaker / aneurysm / blood clot / clot / high blood pressure /
        hypertension / copd / asthma / emphysema / epilepsy / seizures / parkinson's /
        parkinsons / alzheimer's / alzheimers / dementia / multiple sclerosis / lupus /
        fibromyalgia / arthritis / crohn's / crohns / colitis / endometriosis / pcos / hiv /
        hepatitis / herpes / psoriasis / migraines / cpap / depression / anxiety / ptsd /
        ocd / adhd / autism / asperger's / aspergers / bipolar / schizophrenia / psychosis /
        manic / anorexia / bulimia / psychiatrist / psychiatric / antidepressant / ssri /
        ssris / zoloft / prozac / lexapro / xanax / adderall / wellbutrin / seroquel /
        methadone / suboxone / rehab / alcoholism / addiction / overdose / overdosed /
        pregnancy / miscarriage / miscarried / stillborn / stillbirth / ivf / infertility /
        infertile / abortion / menopause / wheelchair / surgery / disability / paralyzed /
        paralysed / amputee / amputated / hospice / concussion / hip replacement / knee
        replacement / mastectomy / hysterectomy / vasectomy / cystic fibrosis / sickle cell
        / mental health / a diagnosis of / panic attacks / panic attack / chemotherapy /
        antidepressants / suicidal / has cancer / had surgery / needs surgery / in remission
        / got pregnant / is pregnant / cancer survivor / special needs / chronic pain /
        mental illness / eating disorder / back surgery / kidney transplant / liver
        transplant / organ transplant / heart failure / brain injury / psych ward /
        psychiatric hospital / hospitalised / hospitalized / hospitalization / in the
        hospital / intensive care / icu / overdos* / heroin / cocaine / opioid* / meth /
        drinking problem / alcoholic / aa meeting* / detox / mastectom* / lumpectom* /
        hysterectom* / colonoscop* / a lump in / hearing loss / losing {my} hearing /
        hearing aid* / losing {my} sight / going blind / glaucoma / macular degeneration /
        cataract* / prognosis / metasta* / tumor* / tumour* / leuk* / lymphoma* / sarcoma /
        myeloma / carcinoma / cirrhosis / thyroid / hypothyroid* / graves disease / anemia /
        anaemia / hemophilia / haemophilia / sickle / thalassemia / heart defect /
        arrhythmia / afib / angina / angioplasty / aneurysm* / embolism / thrombosis /
        stroke survivor / paralys* / paralyz* / quadripleg* / parapleg* / prosthe* /
        amputat* / spina bifida / muscular dystrophy / als / huntington's / tourette* /
        narcolepsy / insomnia / sciatica / scoliosis / herniated disc / slipped disc /
        osteoporosis / gout / eczema / rosacea / vitiligo / alopecia / celiac / coeliac /
        ibs / diverticulitis / gallbladder / kidney stones / uti / incontinence / catheter /
        ostomy / stoma / bariatric / gastric bypass / ozempic / wegovy / mounjaro /
        metformin / statin* / beta blockers / immunosuppress* / prednisone / steroids for /
        radiotherapy / radiation therapy / chemo* / oncolog* / in therapy / years of therapy
        / grief counseling / counselor for my / cbt / emdr / self harm* / suicid* /
        intrusive thoughts / postpartum / trimester / c section / fertility / egg freezing /
        surrogate / std / sti / chlamydia / hpv / syphilis / palliative / dementia* / carer
        for / caregiver for / learning disability / dyslexi* / dyspraxia / neurodivergent /
        brain fog / flare up / autoimmune / hashimoto's / sjogren's / concussion* / tbi /
        seizure* / epilep* / tinnitus / meniere's / radiation right now / through radiation
        / having radiation / out of hospital / in hospital / from hospital / hospital stay /
        emergency room / in the er / my consultant / ulcerative / spondylitis / slipped disk
        / back injury / broke my leg / broke my hip / broke my back / broke my arm /
        crutches / neuropath* / neurolog* / cardiolog* / rheumatolog* / endocrin* /
        dermatolog* / urolog* / gynecolog* / gynaecolog* / obstetric* / obgyn / ob gyn /
        midwife / antipsychotic* / benzodiazepine* / mood stabilizer* / sertraline /
        citalopram / escitalopram / fluoxetine / bupropion / venlafaxine / ritalin / vyvanse
        / concerta / gabapentin / oxycodone / opiate* / fentanyl / morphine / naltrexone /
        sleeping pills / inhaler / epipen / anaphyla* / crps / ehlers danlos / sarcoidosis /
        lyme / mrsa / shingles / pneumonia / bronchitis / tuberculosis / meningitis / liver
        disease / liver failure / pancrea* / prostate / ovarian / cervical / endometri* /
        fibroid* / ovary / ectopic / preeclampsia / nicu / preemie / premature baby / down's
        syndrome / fragile x / rett / nonverbal / developmental delay / body dysmorph* /
        binge eat* / purging / anorex* / bulimi* / burned out / burnt out / breakdown /
        cptsd / dissociat* / borderline personality / bpd / schizo* / hallucinat* / self
        medicat* / blackout drunk / hungover daily / vaping addiction / gambling addict /
        porn addict / weed dependence / triple bypass / double bypass / heart bypass /
        kidney stone / kidney donor / {my} burnout / birth control / iud / seriously ill /
        very ill / ill health / health problems / health issues / health scare / medical
        condition / medical conditions / medical issues / chronically / handicapped /
        hearing impaired / visually impaired / low vision / caregiver / nursing home /
        assisted living / tested positive / symptoms / bad back / back pain / knee pain /
        sleep disorder / blood test results / mri / ct scan / stage iv / stage 3 / stage 2 /
        stage iii / tremors / wheelchair user / prosthetic leg / walking frame / walking
        stick / post surgery / post op / covid / flare ups / syndrome / disease / disorder /
        illness / heart murmur / osteoarthritis / gerd / vertigo / agoraphob* / stent / mono
        / gastropares* / have pots / have eds / have mcas / bad hip / bad heart / bad knee /
        bad knees / torn rotator / rotator cuff / torn acl / carpal tunnel / admitted to
        hospital / partially sighted / cut myself / is due in / take lithium / on lithium /
        broke her hip / broke his hip / trying for a baby / sick leave / stress leave /
        medical leave / i faint / fainting / palpitations / blood thinner / preterm / in
        labour / in labor / going through radiation / infusions / my consultant says /
        specialist says / scan results / test came back / my results came back / on oxygen /
        oxygen tank / feeding tube / wheel chair / mobility scooter / care home / respite
        care / rehabilitation clinic / out of therapy / couples therapy / my counselor / my
        counsellor / agoraphobic / claustrophob* / hoarding / hoarder / sleepwalk* /
        allergic reaction / overactive bladder / hot flashes / perimenopaus* / menopaus* /
        pms / period pain / heavy periods / morning sickness / gestational / breastfeeding
        trouble / with a cane / walking cane / walk with a stick / with crutches / on
        crutches / with a limp / in a brace / back brace / leg brace / neck brace / home
        oxygen / hospital bed at / disabled parking / blue badge
    """

LABELS: Final = """
        diabetic / epileptic / pregnant / autistic / schizophrenic / disabled / blind / deaf
        / sober / alcoholic / an addict / addict / depressed / infertile / immunocompromised
        / paraplegic / quadriplegic / anorexic / bulimic / neurodivergent / manic depressive
        / paralyzed / paralysed / terminally ill / chronically ill / seriously ill / hiv
        positive / hearing impaired / visually impaired / dyslexic / bipolar / asthmatic /
        celiac / obese / wheelchair bound / suicidal / housebound / bedridden / narcoleptic
        / on chemo / postpartum / menopausal
    """
